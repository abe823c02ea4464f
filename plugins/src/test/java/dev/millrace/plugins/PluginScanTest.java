package dev.millrace.plugins;

import static dev.millrace.plugins.PluginJars.manifest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the modes find, and what the index remembers. */
class PluginScanTest {

  private static final String PREFIX = "plugin.scan.test.";

  @TempDir Path dir;

  private PluginScan scan() {
    return PluginScan.of(List.of(dir.resolve("plugins")), getClass().getClassLoader());
  }

  private PluginCatalog scan(PluginDiscovery mode) {
    return PluginCatalog.scan(scan().discovery(mode));
  }

  /** A source without manifest, over a base class; and a policy with one. */
  private void unlisted() throws Exception {
    PluginJars.jar(
        dir.resolve("plugins/unlisted/lib/deep.jar"),
        Map.of(
            "p.Base",
            PluginJars.source("p", "Base", "\"1\"")
                .replace("public class", "public abstract class"),
            "p.Unlisted",
            "package p; public class Unlisted extends Base { public static class Nested extends Base {} }",
            "p.Upper",
            "package p; public class Upper extends org.apache.kafka.connect.storage.StringConverter {}",
            "p.Other",
            "package p; public class Other { static { System.setProperty(\""
                + PREFIX
                + "other\", \"ran\"); } }",
            "p.Policy",
            policy()),
        Map.of(manifest(PluginKind.OVERRIDE_POLICY), "p.Policy\n"));
  }

  private static String policy() {
    return """
    package p;
    import org.apache.kafka.connect.connector.policy.*;
    public class Policy implements ConnectorClientConfigOverridePolicy {
      public java.util.List<org.apache.kafka.common.config.ConfigValue> validate(ConnectorClientConfigRequest r) { return java.util.List.of(); }
      public void configure(java.util.Map<String, ?> c) {}
      public void close() {}
    }
    """;
  }

  @ParameterizedTest
  @EnumSource(PluginDiscovery.class)
  @DisplayName("§11.2 scanning modes find classes without manifest, manifests name the rest")
  void modes(PluginDiscovery mode) throws Exception {
    if (mode == PluginDiscovery.HYBRID_FAIL) return; // the next test's
    unlisted();
    listed();
    try (PluginCatalog catalog = scan(mode)) {
      boolean scans = mode != PluginDiscovery.SERVICE_LOAD;
      assertThat(catalog.find(PluginKind.SOURCE, "p.Unlisted").isPresent()).isEqualTo(scans);
      assertThat(catalog.find(PluginKind.SOURCE, "p.Unlisted$Nested").isPresent()).isEqualTo(scans);
      assertThat(
              catalog.descriptors(PluginKind.CONVERTER).stream()
                  .anyMatch(p -> p.className().equals("p.Upper")))
          .isEqualTo(scans);
      assertThat(catalog.find(PluginKind.SOURCE, "q.Listed")).isPresent();
      assertThat(catalog.find(PluginKind.SOURCE, "p.Base")).isEmpty();
      assertThat(catalog.find(PluginKind.OVERRIDE_POLICY, "p.Policy")).isPresent();
      assertThat(catalog.find(PluginKind.CONVERTER, "JsonConverter")).isPresent();
      assertThat(catalog.problems()).isEmpty();
    }
  }

  private void listed() throws Exception {
    PluginJars.jar(
        dir.resolve("plugins/listed.jar"),
        Map.of("q.Listed", PluginJars.source("q", "Listed", "\"2\"")),
        Map.of(manifest(PluginKind.SOURCE), "q.Listed\n"));
  }

  @Test
  @DisplayName("§11.3 hybrid_fail ends the start and names what has no manifest")
  void hybridFail() throws Exception {
    listed();
    scan(PluginDiscovery.HYBRID_FAIL).close();
    unlisted();
    assertThatThrownBy(() -> scan(PluginDiscovery.HYBRID_FAIL))
        .isInstanceOf(PluginException.class)
        .hasMessageContainingAll("p.Unlisted", "p.Upper", "p.Unlisted$Nested", "hybrid_warn")
        .hasMessageNotContaining("q.Listed");
    assertThat(PluginDiscovery.of("Hybrid_Fail")).isEqualTo(PluginDiscovery.HYBRID_FAIL);
    assertThatThrownBy(() -> PluginDiscovery.of("scan")).hasMessageContaining("only_scan");
  }

  @Test
  @DisplayName("§11.5 scanning runs no code of classes that are no plugins")
  void runsOnlyPlugins() throws Exception {
    unlisted();
    try (PluginCatalog catalog = scan(PluginDiscovery.ONLY_SCAN)) {
      assertThat(catalog.find(PluginKind.SOURCE, "p.Unlisted")).isPresent();
      assertThat(System.getProperty(PREFIX + "other")).isNull();
    }
  }

  @ParameterizedTest
  @EnumSource(PluginDiscovery.class)
  @DisplayName("§11.5 archives of the class path that are said to have manifests are not read")
  void listedArchives(PluginDiscovery mode) throws Exception {
    if (mode == PluginDiscovery.HYBRID_FAIL) return; // it would refuse l.Other
    Path listed = host("listed", "l.Known", Map.of());
    Path other =
        host("other", "l.Other", Map.of(ListedArchives.RESOURCE, "lib/listed.jar:lib/absent.jar"));
    URL[] urls = {listed.toUri().toURL(), other.toUri().toURL()};
    try (var host = new URLClassLoader(urls, getClass().getClassLoader());
        var catalog = PluginCatalog.scan(PluginScan.of(List.of(), host).discovery(mode))) {
      assertThat(catalog.find(PluginKind.SOURCE, "l.Known").isPresent())
          .isEqualTo(mode == PluginDiscovery.ONLY_SCAN);
      assertThat(catalog.find(PluginKind.SOURCE, "l.Other").isPresent())
          .isEqualTo(mode != PluginDiscovery.SERVICE_LOAD);
      assertThat(catalog.find(PluginKind.CONVERTER, "JsonConverter")).isPresent();
    }
  }

  @ParameterizedTest
  @EnumSource(PluginDiscovery.class)
  @DisplayName("§11.5 archives of a location that are said to have manifests are not read")
  void listedArchivesOfALocation(PluginDiscovery mode) throws Exception {
    if (mode == PluginDiscovery.HYBRID_FAIL) return; // it would refuse l.Other
    host("plugins/both/listed", "l.Known", Map.of());
    host("plugins/both/other", "l.Other", Map.of());
    Files.writeString(dir.resolve("plugins/both").resolve(ListedArchives.FILE), "lib/listed.jar\n");
    try (var catalog = scan(mode)) {
      assertThat(catalog.find(PluginKind.SOURCE, "l.Known").isPresent())
          .isEqualTo(mode == PluginDiscovery.ONLY_SCAN);
      assertThat(catalog.find(PluginKind.SOURCE, "l.Other").isPresent())
          .isEqualTo(mode != PluginDiscovery.SERVICE_LOAD);
    }
  }

  private Path host(String jar, String source, Map<String, String> resources) throws Exception {
    String name = source.substring(source.indexOf('.') + 1);
    var sources = Map.of(source, PluginJars.source("l", name, "\"1\""));
    return PluginJars.jar(dir.resolve(jar + ".jar"), sources, resources);
  }

  /** A source that counts in a system property how often it was initialised. */
  private Path counting(String name, String version) throws Exception {
    String count =
        "\"%s\"; } static { String k = \"%s%s\"; System.setProperty(k, \"\" + (1 + Integer.getInteger(k, 0)))"
            .formatted(version, PREFIX, name);
    return PluginJars.jar(
        dir.resolve("plugins/" + name + ".jar"),
        Map.of("c." + name, PluginJars.source("c", name, count)),
        Map.of());
  }

  private PluginCatalog indexed() {
    return PluginCatalog.scan(scan().indexedIn(dir.resolve("index")));
  }

  private static String version(PluginCatalog catalog, String name) {
    return catalog.require(PluginKind.SOURCE, "c." + name).version();
  }

  @Test
  @DisplayName("§11.6 what has not changed is not looked at again, also when it is broken")
  void index() throws Exception {
    counting("First", "1");
    Path broken = Files.writeString(dir.resolve("plugins/broken.jar"), "no archive");
    for (int start = 0; start < 3; start++) {
      try (PluginCatalog catalog = indexed()) {
        assertThat(version(catalog, "First")).isEqualTo("1");
        assertThat(System.getProperty(PREFIX + "First")).isEqualTo("1");
        assertThat(catalog.problems()).anyMatch(p -> p.message().contains("broken.jar"));
      }
    }
    counting("First", "1.1");
    Files.delete(broken);
    counting("Second", "2");
    try (PluginCatalog catalog = indexed()) {
      assertThat(version(catalog, "First")).isEqualTo("1.1");
      assertThat(version(catalog, "Second")).isEqualTo("2");
      assertThat(catalog.problems()).isEmpty();
    }
  }

  @Test
  @DisplayName("§11.6 a damaged index means a scan")
  void damagedIndex() throws Exception {
    counting("Third", "3");
    indexed().close();
    try (Stream<Path> files = Files.list(dir.resolve("index"))) {
      for (Path file : files.toList()) {
        String text = Files.readString(file);
        Files.writeString(file, text.replace("c.Third", "c.Thief"));
      }
    }
    try (PluginCatalog catalog = indexed()) {
      assertThat(version(catalog, "Third")).isEqualTo("3");
    }
    Files.delete(dir.resolve("plugins/Third.jar"));
    try (PluginCatalog catalog = indexed()) {
      assertThat(catalog.find(PluginKind.SOURCE, "c.Third")).isEmpty();
    }
  }

  @Test
  @DisplayName("§11.6 an index that cannot be kept disturbs nothing")
  void noIndex() throws Exception {
    counting("Fourth", "4");
    Path file = Files.writeString(Files.createDirectory(dir.resolve("data")).resolve("index"), "");
    for (int start = 0; start < 2; start++) {
      try (PluginCatalog catalog = PluginCatalog.scan(scan().indexedIn(file))) {
        assertThat(version(catalog, "Fourth")).isEqualTo("4");
      }
    }
  }

  @Test
  void whatIsFoundSurvivesTheIndexInAnyText() {
    var found =
        new Found(
            List.of(new Found.Plugin(PluginKind.SINK, "a.B$C", "1\t2\n%09", true)),
            Map.of("x.Y", "a.B"),
            List.of("two\nlines\r\n", ""),
            true);
    String text = FoundText.write(found, "mark");
    assertThat(FoundText.read(text, "mark")).contains(found);
    assertThat(FoundText.read(text, "other mark")).isEmpty();
    for (int i = 0; i < text.length(); i++) {
      assertThat(FoundText.read(text.substring(0, i), "mark")).as("cut at %d", i).isEmpty();
    }
  }
}

package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Installing, listing and removing plugins, from a Maven repository in a folder. */
final class PluginsCommandTest {
  private static final String CLASS = "org.apache.kafka.connect.converters.test.Fine";
  private static final String MANIFEST =
      "META-INF/services/org.apache.kafka.connect.storage.Converter";

  @TempDir private Path home;
  @TempDir private Path compiled;
  private Path repository;

  @BeforeEach
  void repositoryWithAPlugin() throws Exception {
    repository = home.resolve("repository");
    put("a:helper:1.0", "jar", zip(Map.of("helper.txt", bytes("x"))));
    put("a:helper:1.0", "pom", pom("helper", "1.0", ""));
    put("a:fine:1.0", "jar", plugin());
    put("a:fine:1.0", "pom", pom("fine", "1.0", "helper"));
  }

  private Cli plugins(String... arguments) {
    return Cli.run(
        home,
        Map.of(),
        Stream.concat(Stream.of("plugins"), Stream.of(arguments)).toArray(String[]::new));
  }

  private Cli install(String... arguments) {
    Path folder = home.resolve("repository");
    return plugins(
        Stream.concat(
                Stream.of("install", "--repository", folder.toUri().toString()),
                Stream.of(arguments))
            .toArray(String[]::new));
  }

  @Test
  void aPluginAndWhatItDependsOnIsInstalledListedAndRemoved() {
    Cli listed = install("--list-only", "a:fine:1.0");
    assertThat(listed.out()).contains("a:fine:jar:1.0", "a:helper:jar:1.0", "2 files");
    assertThat(installed()).isEmpty();

    Cli done = install("a:fine:1.0");
    assertThat(done.err()).isEmpty();
    assertThat(done.code()).isZero();
    assertThat(done.out()).contains("Downloaded", "fine-1.0.jar", "converter", CLASS);
    assertThat(installed()).containsExactly("fine-1.0");
    assertThat(home.resolve(".millrace/plugins/fine-1.0/helper-1.0.jar")).exists();
    assertThat(install("a:fine:1.0").out()).contains("installed already");

    assertThat(plugins("list").out()).contains(".millrace/plugins/fine-1.0", CLASS);
    Path folder = home.resolve(".millrace/plugins");
    assertThat(plugins("list", "--path", folder.toString()).out())
        .contains(CLASS)
        .doesNotContain("classpath");

    assertThat(plugins("remove", "fine").out()).contains("Removed", "fine-1.0");
    assertThat(installed()).isEmpty();
    assertThat(plugins("remove", "fine").err()).contains("No plugin 'fine'", "Installed: none");
  }

  @Test
  void anArchiveIsUnpacked() throws Exception {
    put("a:packed:2.0", "plugin.zip", zip(Map.of("packed/lib/packed.jar", plugin())));
    Cli done = install("--classifier", "plugin", "a:packed:2.0");
    assertThat(done.code()).as(done.err()).isZero();
    assertThat(home.resolve(".millrace/plugins/packed-2.0/packed/lib/packed.jar")).exists();
    assertThat(plugins("remove", "a:packed:2.0").code()).isZero();
  }

  @Test
  void aDamagedDownloadIsRefused() throws Exception {
    Files.write(file("a:fine:1.0", "jar"), plugin(), java.nio.file.StandardOpenOption.APPEND);
    Cli refused = install("a:fine:1.0");
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err()).contains("a:fine:1.0", "hecksum", "Nothing was installed");
    assertThat(installed()).isEmpty();
  }

  @Test
  void whatIsNoPluginOrLeavesItsFolderOrIsMissingIsRefused() throws Exception {
    put("a:evil:1.0", "plugin.zip", zip(Map.of("../../escaped.jar", plugin())));
    assertThat(install("--classifier", "plugin", "a:evil:1.0").err())
        .contains("points outside", "Nothing was installed");
    assertThat(install("a:helper:1.0").err()).contains("holds no Kafka Connect plugin");
    assertThat(install("--offline", "a:absent:1.0").err()).contains("a:absent:1.0");
    assertThat(install("fine").err()).contains("groupId:artifactId:version");
    assertThat(installed()).isEmpty();
    assertThat(home.resolve(".millrace/escaped.jar")).doesNotExist();
    assertThat(home.resolve(".millrace/plugins/escaped.jar")).doesNotExist();
  }

  @Test
  void anotherPluginOfTheSameNameIsNotTakenForIt() throws Exception {
    put("b:fine:1.0", "jar", plugin());
    put("b:fine:1.0", "pom", pom("fine", "1.0", ""));
    assertThat(install("a:fine:1.0").code()).isZero();
    Cli refused = install("b:fine:1.0");
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err()).contains("b:fine:1.0", "holds a:fine:1.0", "--into");
    Files.createDirectories(home.resolve(".millrace/plugins/helper-1.0"));
    assertThat(install("a:helper:1.0").err()).contains("holds something else");
    assertThat(installed()).containsExactly("fine-1.0", "helper-1.0");
  }

  @Test
  void mirrorsOfTheSettingsAreUsed() throws Exception {
    Path settings = Files.createDirectories(home.resolve(".m2")).resolve("settings.xml");
    Files.writeString(
        settings,
        """
        <settings><mirrors><mirror><id>house</id><mirrorOf>*</mirrorOf><url>%s</url></mirror></mirrors></settings>
        """
            .formatted(repository.toUri()));
    Cli done = plugins("install", "a:fine:1.0");
    assertThat(done.code()).as(done.err()).isZero();
    assertThat(done.out()).contains("Downloaded from house");
    Files.writeString(settings, "<settings><oops></settings>");
    assertThat(plugins("install", "a:fine:1.0").err()).contains("Maven's settings");
  }

  @Test
  void aBrokenPluginIsListedWithItsReason() throws Exception {
    Path folder = Files.createDirectories(home.resolve("p"));
    Files.writeString(folder.resolve("broken.jar"), "no archive");
    Cli listed = plugins("list", "--path", folder.toString());
    assertThat(listed.code()).isEqualTo(1);
    assertThat(listed.err()).contains("broken.jar");
  }

  private List<String> installed() {
    Path folder = home.resolve(".millrace/plugins");
    if (!Files.exists(folder)) return List.of();
    try (Stream<Path> children = Files.list(folder)) {
      return children.map(c -> c.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private Path file(String coordinates, String suffix) {
    List<String> c = List.of(coordinates.split(":", -1));
    String name = c.get(1) + "-" + c.get(2) + (suffix.startsWith("plugin.") ? "-" : ".") + suffix;
    return repository.resolve(c.get(0)).resolve(c.get(1)).resolve(c.get(2)).resolve(name);
  }

  private void put(String coordinates, String suffix, byte[] content) throws Exception {
    Path file = file(coordinates, suffix);
    Files.createDirectories(file.getParent());
    Files.write(file, content);
    String sum = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(content));
    Files.writeString(Path.of(file + ".sha1"), sum);
  }

  private static byte[] pom(String artifact, String version, String dependency) {
    String dependencies =
        dependency.isEmpty()
            ? ""
            : "<dependencies><dependency><groupId>a</groupId><artifactId>%s</artifactId><version>1.0</version></dependency></dependencies>"
                .formatted(dependency);
    return bytes(
        "<project><modelVersion>4.0.0</modelVersion><groupId>a</groupId><artifactId>%s</artifactId><version>%s</version>%s</project>"
            .formatted(artifact, version, dependencies));
  }

  /** A jar with a converter of its own. */
  private byte[] plugin() throws IOException {
    Path dir = Files.createTempDirectory(compiled, "plugin");
    Path source = dir.resolve("Fine.java");
    Files.writeString(
        source,
        "package org.apache.kafka.connect.converters.test; public class Fine extends"
            + " org.apache.kafka.connect.storage.StringConverter {}");
    int code =
        javax.tools.ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-proc:none",
                "-d",
                dir.toString(),
                "-cp",
                System.getProperty("java.class.path"),
                source.toString());
    assertThat(code).isZero();
    String path = CLASS.replace('.', '/') + ".class";
    return zip(Map.of(path, Files.readAllBytes(dir.resolve(path)), MANIFEST, bytes(CLASS)));
  }

  private static byte[] zip(Map<String, byte[]> entries) throws IOException {
    var bytes = new java.io.ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (var entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        OutputStream out = zip;
        out.write(entry.getValue());
        zip.closeEntry();
      }
    }
    return bytes.toByteArray();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}

package dev.millrace.plugins;

import static dev.millrace.plugins.PluginJars.manifest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Plugin paths as they are found in the field: none may stop a start. */
class OddLocationsTest {

  @TempDir Path dir;

  private PluginScan scan(Path... path) {
    return PluginScan.of(List.of(path), getClass().getClassLoader());
  }

  private Path jar(String name, String className, String version) throws Exception {
    return jar(name, className, PluginJars.source("p", className, version), "p." + className);
  }

  private Path jar(String name, String className, String source, String named) throws Exception {
    return PluginJars.jar(
        dir.resolve(name),
        Map.of("p." + className, source),
        Map.of(manifest(PluginKind.SOURCE), named + "\n"));
  }

  private static List<PluginProblem> isolated(PluginCatalog catalog) {
    return catalog.problems().stream().filter(p -> !p.location().equals("classpath")).toList();
  }

  @Test
  @DisplayName("§11.1 paths may be relative, missing, empty, plain files, or repeated")
  void paths() throws Exception {
    jar("plugins/good/good.jar", "Good", "\"1\"");
    Files.createDirectories(dir.resolve("plugins/empty/deeper"));
    Files.writeString(dir.resolve("plugins/notes.txt"), "no plugin");
    Files.createDirectories(dir.resolve("plugins/texts"));
    Files.writeString(dir.resolve("plugins/texts/notes.txt"), "no plugin");
    jar("plugins/.half/half.jar", "Half", "\"1\"");
    Files.createSymbolicLink(dir.resolve("plugins/dangling.jar"), dir.resolve("nowhere.jar"));
    Path here = Path.of("").toAbsolutePath();
    Path relative = here.relativize(dir.resolve("plugins"));
    Path file = Files.writeString(dir.resolve("file"), "");
    try (PluginCatalog catalog =
        PluginCatalog.scan(scan(relative, relative, dir.resolve("missing"), file))) {
      assertThat(catalog.descriptors(PluginKind.SOURCE))
          .extracting(PluginDescriptor::className)
          .contains("p.Good")
          .doesNotContain("p.Half");
      assertThat(catalog.realms()).hasSize(2);
      assertThat(isolated(catalog))
          .extracting(PluginProblem::message)
          .hasSize(2)
          .anyMatch(m -> m.contains("missing") && m.contains("does not exist"))
          .anyMatch(m -> m.contains("file") && m.contains("neither a directory nor a jar"));
    }
  }

  @Test
  @DisplayName("§11.1 a folder that cannot be read is reported, and the others are used")
  void unreadable() throws Exception {
    jar("plugins/good.jar", "Good", "\"1\"");
    Path closed = Files.createDirectories(dir.resolve("plugins/closed"));
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
    try {
      assumeThat(Files.isReadable(closed)).as("the super-user reads everything").isFalse();
      try (PluginCatalog catalog = PluginCatalog.scan(scan(dir.resolve("plugins")))) {
        assertThat(catalog.find(PluginKind.SOURCE, "p.Good")).isPresent();
        assertThat(isolated(catalog)).singleElement().asString().contains("closed");
      }
    } finally {
      Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
    }
  }

  @Test
  @DisplayName("§11.4 a class that is in two archives of a location is one plugin, the first one's")
  void duplicates() throws Exception {
    jar("plugins/twice/a.jar", "Twice", "\"first\"");
    jar("plugins/twice/b.jar", "Twice", "\"second\"");
    try (PluginCatalog catalog = PluginCatalog.scan(scan(dir.resolve("plugins")))) {
      assertThat(catalog.descriptors(PluginKind.SOURCE))
          .filteredOn(p -> p.className().equals("p.Twice"))
          .singleElement()
          .satisfies(p -> assertThat(p.version()).isEqualTo("first"));
      assertThat(isolated(catalog)).isEmpty();
    }
  }

  @Test
  @DisplayName("§11.10 of two classes with one short name none has it")
  void sameAlias() throws Exception {
    jar("plugins/one.jar", "Same", "\"1\"");
    PluginJars.jar(
        dir.resolve("plugins/two.jar"),
        Map.of("q.Same", PluginJars.source("q", "Same", "\"2\"")),
        Map.of(manifest(PluginKind.SOURCE), "q.Same\n"));
    try (PluginCatalog catalog = PluginCatalog.scan(scan(dir.resolve("plugins")))) {
      assertThat(catalog.find(PluginKind.SOURCE, "Same")).isEmpty();
      assertThat(catalog.connector("p.Same").version()).isEqualTo("1");
      assertThat(catalog.connector("q.Same").version()).isEqualTo("2");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"static", "", "version"})
  @DisplayName("§11.4 a plugin that hangs is skipped, and asked again at the next start")
  void hanging(String where) throws Exception {
    String wait = "new java.util.concurrent.CountDownLatch(1).await()";
    String hang =
        "if (!Boolean.getBoolean(\"odd.locations.released\")) { try { %s; } catch".formatted(wait)
            + " (InterruptedException e) { throw new RuntimeException(e); } }";
    String source =
        where.equals("version")
            ? PluginJars.source("p", "Hangs", "\"1\"")
                .replace("{ return \"1\";", "{ " + hang + " return \"1\";")
            : PluginJars.source("p", "Hangs", "\"1\"; } " + where + " { " + hang);
    jar("plugins/hangs.jar", "Hangs", source, "p.Hangs");
    jar("plugins/good.jar", "Good", "\"1\"");
    PluginScan scan = scan(dir.resolve("plugins")).indexedIn(dir.resolve("index"));
    try (PluginCatalog catalog = PluginCatalog.scan(scan.patience(Duration.ofSeconds(5)))) {
      assertThat(catalog.find(PluginKind.SOURCE, "p.Good")).isPresent();
      assertThat(catalog.find(PluginKind.SOURCE, "p.Hangs")).isEmpty();
      assertThat(isolated(catalog))
          .singleElement()
          .satisfies(p -> assertThat(p.message()).contains("p.Hangs", "did not end within 5 s"));
    }
    System.setProperty("odd.locations.released", "true");
    try (PluginCatalog catalog = PluginCatalog.scan(scan)) {
      assertThat(catalog.connector("p.Hangs").version()).isEqualTo("1");
    } finally {
      System.clearProperty("odd.locations.released");
    }
  }

  @Test
  @DisplayName("§11.6 several workers use one index at the same time")
  void sharedIndex() throws Exception {
    for (int i = 0; i < 5; i++) {
      jar("plugins/shared" + i + ".jar", "Shared" + i, "\"" + i + "\"");
    }
    PluginScan scan = scan(dir.resolve("plugins")).indexedIn(dir.resolve("index"));
    List<CompletableFuture<Long>> workers = new ArrayList<>();
    for (int worker = 0; worker < 4; worker++) {
      workers.add(
          CompletableFuture.supplyAsync(
              () ->
                  Stream.generate(() -> scan).limit(5).mapToLong(OddLocationsTest::shared).sum()));
    }
    for (var worker : workers) {
      assertThat(worker.get(3, TimeUnit.MINUTES)).isEqualTo(25);
    }
    try (Stream<Path> files = Files.list(dir.resolve("index"))) {
      assertThat(files).hasSize(6).allMatch(file -> file.toString().endsWith(".index"));
    }
  }

  private static long shared(PluginScan scan) {
    try (PluginCatalog catalog = PluginCatalog.scan(scan)) {
      return catalog.descriptors(PluginKind.SOURCE).stream()
          .filter(p -> p.className().startsWith("p.Shared"))
          .count();
    }
  }
}

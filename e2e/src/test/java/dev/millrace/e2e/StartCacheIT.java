package dev.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The start cache of the real JVM: it is used, and no damage to it stops a start. */
class StartCacheIT {
  private static final Path DISTRIBUTION = Path.of(System.getProperty("millrace.home"));

  @TempDir Path folder;
  private Path home;

  @BeforeEach
  void link() throws Exception {
    home = Files.createDirectories(folder.resolve("a copy"));
    for (String each : List.of("lib", "plugins", "config")) {
      Files.createSymbolicLink(home.resolve(each), DISTRIBUTION.resolve(each).toRealPath());
    }
    Path program = Files.createDirectory(home.resolve("bin")).resolve("millrace");
    // a file that this process writes may be busy: others that it starts meanwhile get copies
    var copy =
        new ProcessBuilder(
            "cp", "-p", DISTRIBUTION.resolve("bin/millrace").toString(), program.toString());
    assertThat(copy.inheritIO().start().waitFor()).isZero();
  }

  @Test
  void aStartTakesItsClassesFromTheCacheAndNeverNeedsIt() throws Exception {
    assertThat(output("prepare")).contains("Made the start cache ");
    assertThat(Files.readString(home.resolve("cache/log")))
        .containsPattern("\\d+ changes of connectors rehearsed")
        .doesNotContain("error: ");
    Path cache = cache();
    assertThat(Files.getLastModifiedTime(Path.of(cache + ".whole")))
        .isGreaterThan(Files.getLastModifiedTime(cache));
    assertThat(loaded()).contains("dev.millrace.cli.Main source: shared objects file");
    try (var worker = worker()) {
      assertThat(worker.awaitReady().status("/connectors")).isEqualTo(200);
    }
    try (var file = FileChannel.open(cache, StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(new byte[100_000]), file.size() / 2);
    }
    assertThat(output("version")).startsWith("millrace ").hasLineCount(1);
    assertThat(loaded()).contains("dev.millrace.cli.Main source: file:");
    try (var file = FileChannel.open(cache, StandardOpenOption.WRITE)) {
      file.truncate(file.size() / 2);
    }
    assertThat(output("version")).startsWith("millrace ").hasLineCount(1);
    Files.writeString(cache, "no cache");
    assertThat(output("version")).startsWith("millrace ").hasLineCount(1);
    try (var worker = worker()) {
      assertThat(worker.awaitReady().status("/connectors")).isEqualTo(200);
    }
  }

  private Path cache() throws IOException {
    try (Stream<Path> files = Files.list(home.resolve("cache"))) {
      return files
          .filter(file -> file.getFileName().toString().matches("start-\\d+"))
          .findFirst()
          .orElseThrow();
    }
  }

  /** Where the JVM says it has the program's first class from. */
  private String loaded() throws IOException {
    return output(Map.of("JAVA_TOOL_OPTIONS", "-Xlog:class+load"), "version")
        .lines()
        .filter(line -> line.contains("dev.millrace.cli.Main "))
        .findFirst()
        .orElse("nowhere");
  }

  private MillraceProcess worker() throws IOException {
    Path dataDir = Files.createTempDirectory(folder, "data");
    return MillraceProcess.start(
        home,
        dataDir,
        Map.of("MILLRACE_CACHE", home.resolve("cache").toString()),
        List.of(
            "run",
            "--data-dir",
            dataDir.toString(),
            "--bootstrap-servers",
            "127.0.0.1:1",
            "--listen",
            "http://127.0.0.1:0"));
  }

  private String output(String command) throws IOException {
    return output(Map.of(), command);
  }

  private String output(Map<String, String> environment, String command) throws IOException {
    var all = new java.util.HashMap<>(environment);
    all.put("MILLRACE_CACHE", home.resolve("cache").toString());
    Path place = Files.createTempDirectory(folder, command);
    try (var process = MillraceProcess.start(home, place, all, List.of(command))) {
      assertThat(process.awaitExit()).as(process.output()).isZero();
      return process.output();
    }
  }
}

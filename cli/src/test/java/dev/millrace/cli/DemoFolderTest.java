package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code demo --reset} deletes. No demo begins, since there is no room for its log. */
final class DemoFolderTest {
  @TempDir private Path home;
  private Path data;

  @BeforeEach
  void fill() throws IOException {
    data = home.resolve("data");
    for (String file : new String[] {"kafka/log", "state/s", "config.log", "mine", "logs"}) {
      Files.createDirectories(data.resolve(file).getParent());
      Files.writeString(data.resolve(file), "");
    }
  }

  @Test
  void whatIsNoDemosIsLeftAlone() {
    Cli refused = reset();
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err())
        .startsWith("error: " + data + " is no data directory of a demo: it has kafka, state,")
        .contains("--data-dir");
    assertThat(data.resolve("kafka/log")).exists();
    assertThat(data.resolve("state/s")).exists();
    assertThat(data.resolve("config.log")).exists();
  }

  @Test
  void aDemoThatRunsIsLeftAlone() throws IOException {
    Files.createDirectories(data.resolve("mariadb"));
    Path log = data.resolve("config.log");
    try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      assertThat(lock).isNotNull();
      assertThat(reset().err())
          .isEqualTo(
              "error: A Millrace runs in %s. Nothing was deleted. Stop it, then try again.\n"
                  .formatted(data));
    }
    assertThat(data.resolve("kafka/log")).exists();
    assertThat(log).exists();
  }

  @Test
  void ofADemoThatEndedItsOwnIsDeleted() throws IOException {
    Files.createDirectories(data.resolve("mariadb/tables"));
    reset();
    try (var left = Files.list(data)) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("mine", "logs");
    }
  }

  private Cli reset() {
    return Cli.run(home, Map.of(), "demo", "--reset", "--data-dir", data.toString());
  }
}

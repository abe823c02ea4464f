package dev.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.kafka.EmbeddedKafka;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The newcomer's first command. */
class DemoIT {

  private static final Pattern COUNTED = Pattern.compile("counted [1-9]");

  @TempDir Path folder;

  @Test
  void theDemoCountsEveryRowAndGoesOnWhereItStopped() throws Exception {
    assertThat(demo()).isEqualTo("rows 2000, records 2000, counted 2000, lost 0, duplicated 0");
    endlessDemoEndsWith("INT", 130);
    endlessDemoEndsWith("TERM", 143);
    assertThat(demo())
        .matches("rows (\\d+), records \\1, counted \\1, lost 0, duplicated 0")
        .doesNotStartWith("rows 2000,");
    aRecordThatIsThereTwiceIsFound();
  }

  /** Somebody else writes one of the demo's records again, before it goes on. */
  private void aRecordThatIsThereTwiceIsFound() throws Exception {
    var data = folder.resolve("demo");
    try (var kafka = EmbeddedKafka.builder().dataDir(data.resolve("kafka")).start()) {
      TopicAudit.repeatFirst(kafka.bootstrapServers(), "user_data");
    }
    Files.deleteIfExists(data.resolve("output.txt"));
    var arguments = List.of("demo", "--rows", "200", "--data-dir", data.toString());
    try (var millrace = MillraceProcess.start(data, Map.of(), arguments)) {
      assertThat(millrace.awaitExit()).as(millrace.tail()).isEqualTo(1);
      assertThat(millrace.output())
          .contains("1 records repeat a row")
          .containsPattern("user \\d+ has \\d+ rows in the database and a count of \\d+");
      assertThat(lastLine(millrace)).endsWith("lost 0, duplicated 1");
    }
  }

  /** Ctrl-C is SIGINT. Its database ends with it, and nothing is in the next one's way. */
  private void endlessDemoEndsWith(String signal, int exitCode) throws Exception {
    var data = folder.resolve("demo");
    Files.deleteIfExists(data.resolve("output.txt"));
    var arguments = List.of("demo", "--data-dir", data.toString());
    try (var millrace = MillraceProcess.start(data, Map.of(), arguments)) {
      Await.until(
          "rows are counted",
          Await.LONG,
          () -> COUNTED.matcher(millrace.output()).find(),
          millrace::tail);
      var children = millrace.descendants();
      assertThat(children).anyMatch(child -> child.info().command().orElse("").contains("maria"));
      millrace.signal(signal);
      assertThat(millrace.awaitExit()).as(millrace.tail()).isEqualTo(exitCode);
      Await.until(
          "its processes are gone",
          Await.LONG,
          () -> children.stream().noneMatch(ProcessHandle::isAlive),
          millrace::tail);
      assertThat(millrace.output()).contains("Stopped in");
    }
  }

  private String demo() {
    var arguments =
        List.of("demo", "--rows", "2000", "--data-dir", folder.resolve("demo").toString());
    try (var millrace = MillraceProcess.start(folder.resolve("demo"), Map.of(), arguments)) {
      assertThat(millrace.awaitExit()).as(millrace.tail()).isZero();
      return lastLine(millrace);
    }
  }

  private static String lastLine(MillraceProcess millrace) {
    return millrace.output().lines().filter(line -> !line.isBlank()).toList().getLast();
  }
}

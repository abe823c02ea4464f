package dev.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The newcomer's first command. */
class DemoIT {

  @TempDir Path folder;

  @Test
  void theDemoCountsEveryRowAndGoesOnWhereItStopped() {
    assertThat(demo()).isEqualTo("rows 2000, records 2000, counted 2000, lost 0, duplicated 0");
    assertThat(demo()).isEqualTo("rows 4000, records 4000, counted 4000, lost 0, duplicated 0");
  }

  private String demo() {
    var arguments =
        List.of("demo", "--rows", "2000", "--data-dir", folder.resolve("demo").toString());
    try (var millrace = MillraceProcess.start(folder.resolve("demo"), Map.of(), arguments)) {
      assertThat(millrace.awaitExit()).as(millrace.tail()).isZero();
      var lines = millrace.output().lines().filter(line -> !line.isBlank()).toList();
      return lines.get(lines.size() - 1);
    }
  }
}

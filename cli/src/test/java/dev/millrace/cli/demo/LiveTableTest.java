package dev.millrace.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class LiveTableTest {

  @Test
  void showsTheBusiestUsersFirst() {
    Map<Integer, Long> visits = new TreeMap<>();
    for (int user = 1; user <= 12; user++) {
      visits.put(user, (long) user);
    }
    var lines = LiveTable.picture(snapshot(visits, 80, Optional.empty()));
    assertThat(lines).filteredOn(line -> line.contains("█")).hasSize(5);
    assertThat(lines.get(3)).startsWith("      12        12  ████");
    assertThat(lines).anyMatch(line -> line.contains("counted") && line.endsWith("lag 2"));
    assertThat(lines).anyMatch(line -> line.endsWith("not measured yet"));
    assertThat(lines).contains("  t.s                    running", "next");
  }

  @Test
  void fitsATerminalOf24Rows() {
    Map<Integer, Long> visits = new TreeMap<>();
    for (int user = 0; user <= 20; user++) {
      visits.put(user, 100L + user);
    }
    var demo =
        new Snapshot(
            Duration.ofSeconds(5),
            new TreeMap<>(visits),
            7,
            6,
            49.7,
            Optional.empty(),
            Map.of("user-visits.users", "running", "user-visits.visits", "running"),
            LiveTable.footer("bin/millrace", Path.of("/d"), "http://h:1", Path.of("/d/log")));
    assertThat(LiveTable.picture(demo)).hasSizeLessThanOrEqualTo(23);
  }

  @Test
  void whatToTryNamesTheDataDirectory() {
    assertThat(LiveTable.footer("bin/millrace", Path.of("/d/e"), "http://h:1", Path.of("/l")))
        .contains(
            "    bin/millrace query visits 1 --data-dir /d/e",
            "    bin/millrace tail user_visits --data-dir /d/e",
            "    curl -s 'http://h:1/connectors?expand=status'");
    assertThat(LiveTable.footer("/a b/millrace", Path.of("/it's"), "http://h:1", Path.of("/l")))
        .contains("    '/a b/millrace' query visits 1 --data-dir '/it'\\''s'");
  }

  @Test
  void tellsTheSameInOneLine() {
    var latencies = new Latencies();
    for (int ms = 1; ms <= 200; ms++) {
      latencies.add(Duration.ofMillis(ms));
    }
    assertThat(LiveTable.line(snapshot(Map.of(1, 5L), 7, latencies.summary())))
        .isEqualTo(
            "1:01:05 rows 7, records 6, counted 5, lag 2, 50/s, latency p50 150 ms, p99 199 ms"
                + " (last 100)");
  }

  @Test
  void anEmptyTableSaysSo() {
    assertThat(LiveTable.picture(snapshot(Map.of(), 0, Optional.empty())))
        .contains("    none counted yet");
  }

  private static Snapshot snapshot(
      Map<Integer, Long> visits, long rows, Optional<Latencies.Summary> latency) {
    return new Snapshot(
        Duration.ofSeconds(3665),
        new TreeMap<>(visits),
        rows,
        6,
        49.7,
        latency,
        Map.of("t.s", "running"),
        List.of("next"));
  }
}

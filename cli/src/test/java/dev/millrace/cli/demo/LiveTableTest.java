package dev.millrace.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

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
    assertThat(lines).filteredOn(line -> line.contains("█")).hasSize(10);
    assertThat(lines.get(3)).startsWith("      12        12  ████");
    assertThat(lines).anyMatch(line -> line.contains("counted") && line.endsWith("lag 2"));
    assertThat(lines).anyMatch(line -> line.endsWith("not measured yet"));
    assertThat(lines).contains("  t.s                    running", "next");
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

package dev.millrace.worker.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EventLogTest {

  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  private final EventLog log = new EventLog(InstantSource.fixed(NOW));

  @Test
  void keepsWhatHappenedInOrder() {
    log.add("a", "a-0", "RUNNING", "");
    log.add("b", "b", "FAILED", "why");

    assertThat(log.newest(10, e -> true))
        .containsExactly(
            new EventLog.Event(0, NOW, "a", "a-0", "RUNNING", ""),
            new EventLog.Event(1, NOW, "b", "b", "FAILED", "why"));
  }

  @Test
  void givesTheNewestOfThoseThatAreWanted() {
    IntStream.range(0, 10).forEach(i -> log.add(i % 2 == 0 ? "even" : "odd", "s", "w" + i, ""));

    assertThat(log.newest(2, e -> e.connector().equals("even")))
        .extracting(EventLog.Event::what)
        .containsExactly("w6", "w8");
    assertThat(log.newest(0, e -> true)).isEmpty();
    assertThat(log.newest(5, e -> e.connector().equals("none"))).isEmpty();
  }

  @Test
  void keepsBothEndsOfAReasonThatIsLong() {
    String message = "x".repeat(1_000_000);
    log.add("c", "c-0", "FAILED", "Error: " + message + "\nCaused by: the database");

    assertThat(log.newest(1, e -> true).getFirst().reason())
        .startsWith("Error: xx")
        .contains("characters are left out")
        .endsWith("xx\nCaused by: the database")
        .hasSizeLessThan(20_000);
  }

  @Test
  void forgetsTheOldestWhenItIsFullAndNumbersGoOn() {
    IntStream.range(0, EventLog.CAPACITY + 5).forEach(i -> log.add("c", "c", "w" + i, ""));

    var kept = log.newest(Integer.MAX_VALUE, e -> true);
    assertThat(kept).hasSize(EventLog.CAPACITY);
    assertThat(kept.getFirst().number()).isEqualTo(5);
    assertThat(kept.getLast().number()).isEqualTo(EventLog.CAPACITY + 4);
  }
}

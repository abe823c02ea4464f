package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.Waiting;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class EnvironmentTest {
  private static final Instant DATE = Instant.ofEpochMilli(1_000_000);

  private final AtomicReference<Instant> calendar = new AtomicReference<>(DATE);
  private final Environment environment =
      new Environment(
          new ConditionWaits(() -> 0, calendar::get),
          new RecordingListener(),
          new Counters(),
          Pipelines::noMetrics,
          text -> text);

  @Test
  void aWaitIsShownWhenItHasLastedAndAlsoWhenTheCalendarIsSetBack() {
    environment.waitingFor(Counters.Cause.KAFKA, "Kafka");
    assertThat(environment.waiting()).isEmpty();
    calendar.set(DATE.plusMillis(1_000));
    assertThat(environment.waiting()).contains(new Waiting("Kafka", DATE.toEpochMilli()));
    calendar.set(DATE.minusSeconds(3_600));
    assertThat(environment.waiting()).isPresent();
  }
}

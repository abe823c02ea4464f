package dev.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.Fact;
import dev.millrace.model.control.Action;
import dev.millrace.model.control.Event;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class StagesTest {

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-01-02T03:04:05Z"));
  private final Stages stages = new Stages(now::get);

  @Test
  void tellsWhatIsAwaitedAndThenWhatWasLast() {
    assertThat(sentence()).isEmpty();

    stages.asks(
        new Action.Append(1, 1, List.of(new Fact.TasksComputed("c", List.of(Map.of(), Map.of())))));
    stages.saw(new Event.Tick());
    assertThat(sentence())
        .isEqualTo(
            "The worker is currently writing 2 task configs for connector c to the config topic,"
                + " which began at 2026-01-02T03:04:05Z.");

    now.set(Instant.parse("2026-01-02T03:04:06Z"));
    stages.saw(new Event.Appended(1, 1));
    assertThat(sentence())
        .isEqualTo(
            "The last operation the worker completed was writing 2 task configs for connector c to"
                + " the config topic, which began at 2026-01-02T03:04:05Z and completed at"
                + " 2026-01-02T03:04:06Z.");

    var unwritten = Optional.of(Instant.parse("2026-01-02T03:04:00Z"));
    var flushing = "flushing updates to the status topic, which began at 2026-01-02T03:04:00Z.";
    assertThat(stages.sentence(unwritten)).isEqualTo("The worker is currently " + flushing);

    stages.saw(new Event.Isolated());
    assertThat(sentence()).startsWith("The worker is currently ensuring membership");
    assertThat(stages.sentence(unwritten))
        .startsWith("The worker is currently ensuring membership")
        .endsWith(" The worker is also " + flushing);
  }

  private String sentence() {
    return stages.sentence(Optional.empty());
  }
}

package dev.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * A cluster under random faults: never two holders; afterwards everything wanted runs, evenly
 * spread.
 */
class ControlPlaneSimulationTest {

  private static final int SEEDS = Integer.getInteger("millrace.seeds", 10_000);
  private static final int ONE_OF_MANY = 100;

  @Test
  void noWorkRunsTwiceAndAllWorkRunsInTheEnd() {
    assertThat(faults(SEEDS, ClusterScenario::play)).isEmpty();
  }

  @Test
  void alsoWithHundredsOfConnectors() {
    assertThat(faults(SEEDS / ONE_OF_MANY, ClusterScenario::playMany)).isEmpty();
  }

  @Test
  void workOfAWorkerThatRestartsIsHeldForItOrMovesAtTheDeadline() {
    assertThat(faults(100, seed -> ClusterScenario.playRestart(seed, true))).isEmpty();
    assertThat(faults(100, seed -> ClusterScenario.playRestart(seed, false))).isEmpty();
  }

  @Test
  void theTimeOfAHoldGoesOnUnderAnotherLeader() {
    assertThat(faults(100, seed -> ClusterScenario.playHold(seed, false))).isEmpty();
    assertThat(faults(100, seed -> ClusterScenario.playHold(seed, true))).isEmpty();
  }

  private static List<String> faults(long seeds, LongFunction<String> play) {
    return LongStream.range(0, seeds)
        .parallel()
        .mapToObj(seed -> "seed " + seed + ": " + play.apply(seed))
        .filter(fault -> !fault.endsWith(": "))
        .toList();
  }
}

package dev.millrace.engine.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testkit.SimulatedGroup.Protocol;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A sink that asks for retries, fails, is slow, fails to prepare commits, loses partitions and is
 * killed, at random: every record is put in order, and nothing is committed that was not. One seed
 * replays a run; {@code -Dmillrace.seeds} says how many, and {@code -Dmillrace.seeds.first} with
 * which to begin. And that this is noticed when a runner does otherwise.
 */
class SinkSimulationTest {
  private static final long FIRST = Long.getLong("millrace.seeds.first", 0);
  private static final long SEEDS = Long.getLong("millrace.seeds", 200);
  private static final int BROKEN_SEEDS = 100;

  @Test
  @DisplayName("§6.4 §6.15 §6.25 Under an eager assignor all is put, and no more is committed")
  void eager() {
    simulate(Protocol.EAGER);
  }

  @Test
  @DisplayName("§6.4 §6.15 §6.25 Under a cooperative assignor all is put, and no more is committed")
  void cooperative() {
    simulate(Protocol.COOPERATIVE);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void aMistakeIsNoticed(SinkMistake mistake) {
    assertThat(Stream.iterate(0L, seed -> seed + 1).limit(BROKEN_SEEDS))
        .as("A seed that breaks a promise")
        .anyMatch(seed -> breaks(seed, mistake));
  }

  private static boolean breaks(long seed, SinkMistake mistake) {
    SinkWorld world = new SinkWorld(seed, Protocol.EAGER);
    world.mistake = mistake;
    try {
      world.run();
      return !world.committed();
    } catch (RuntimeException | AssertionError e) {
      return true;
    }
  }

  private static void simulate(Protocol protocol) {
    for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
      SinkWorld world = new SinkWorld(seed, protocol);
      try {
        world.run();
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed + " " + protocol, e);
      }
      assertThat(world.committed()).as("seed %d %s", seed, protocol).isTrue();
    }
  }
}

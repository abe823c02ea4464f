package dev.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.Command;
import dev.millrace.model.Restart;
import dev.millrace.model.TargetState;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * A cluster under random faults: never two holders; afterwards everything wanted runs, evenly
 * spread.
 */
class ControlPlaneSimulationTest {

  private static final int SEEDS = Integer.getInteger("millrace.seeds", 10_000);
  private static final List<String> WORKERS = List.of("w1", "w2", "w3", "w4");

  @Test
  void noWorkRunsTwiceAndAllWorkRunsInTheEnd() {
    var bad =
        LongStream.range(0, SEEDS)
            .parallel()
            .mapToObj(seed -> "seed " + seed + ": " + play(seed))
            .filter(fault -> !fault.endsWith(": "))
            .toList();
    assertThat(bad).isEmpty();
  }

  private static String play(long seed) {
    var chance = new Random(seed * 31 + 7);
    var cluster = new SimulatedCluster(seed);
    WORKERS.subList(0, 3).forEach(cluster::boot);
    for (int i = 0; i < 30 && cluster.violation().isEmpty(); i++) {
      disturb(cluster, chance);
      cluster.run(chance.nextInt(700));
    }
    WORKERS.stream().filter(w -> !cluster.isUp(w)).forEach(cluster::boot);
    cluster.run(4_000);
    cluster.ask(new Command.Configure("last", Map.of("tasks.max", "3")));
    cluster.run(8_000);
    return cluster.settled().orElse("");
  }

  private static void disturb(SimulatedCluster cluster, Random chance) {
    String worker = WORKERS.get(chance.nextInt(WORKERS.size()));
    String name = "c" + chance.nextInt(3);
    switch (chance.nextInt(15)) {
      case 0, 1, 2 -> cluster.ask(new Command.Configure(name, config(chance)));
      case 3 ->
          cluster.ask(new Command.Create(name, config(chance), pick(chance, TargetState.values())));
      case 4 -> cluster.ask(new Command.Delete(name));
      case 5 -> cluster.ask(new Command.RestartConnector(name, pick(chance, Restart.values())));
      case 6 -> cluster.ask(new Command.RestartTask(name, chance.nextInt(3)));
      case 7, 8 -> cluster.ask(new Command.Retarget(name, pick(chance, TargetState.values())));
      case 9 -> {
        if (cluster.isUp(worker)) cluster.crash(worker);
      }
      case 10 -> {
        if (!cluster.isUp(worker)) cluster.boot(worker);
      }
      case 11 -> {
        if (cluster.isUp(worker)) cluster.partition(worker);
      }
      case 12 -> cluster.failSomething();
      case 13, 14 -> cluster.compact();
      default -> throw new AssertionError();
    }
  }

  private static Map<String, String> config(Random chance) {
    return Map.of("tasks.max", String.valueOf(1 + chance.nextInt(5)));
  }

  private static <T> T pick(Random chance, T[] values) {
    return values[chance.nextInt(values.length)];
  }
}

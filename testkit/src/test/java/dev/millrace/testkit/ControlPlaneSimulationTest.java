package dev.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.Command;
import dev.millrace.model.Restart;
import dev.millrace.model.TargetState;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
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

  @Test
  void workOfAWorkerThatRestartsIsHeldForItOrMovesAtTheDeadline() {
    for (long seed = 0; seed < 100; seed++) {
      for (boolean returns : List.of(true, false)) {
        assertThat(restart(seed, returns)).as("seed %d", seed).isEmpty();
      }
    }
  }

  private static String restart(long seed, boolean returns) {
    var cluster = new SimulatedCluster(seed);
    var workers = WORKERS.subList(0, 3);
    workers.forEach(cluster::boot);
    for (int i = 0; i < 6; i++) {
      cluster.ask(new Command.Configure("c" + i, Map.of("tasks.max", "3")));
      cluster.run(2_000);
    }
    cluster.run(5_000);
    var before = cluster.loads();
    String worker = WORKERS.get((int) (seed % 3));
    cluster.restart(worker, 10_000, returns ? 6_000 : 0);
    cluster.run(5_000);
    var during = new TreeMap<>(before);
    during.put(worker, 0);
    if (!cluster.loads().equals(during)) return "held: " + cluster.loads() + " of " + before;
    cluster.run(returns ? 6_000 : 10_000);
    if (returns && !cluster.loads().equals(before)) return "not back: " + cluster.loads();
    return cluster.settled().orElse("");
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
    if (cluster.settled().isPresent()) cluster.run(12_000); // some things are asked for again late
    return cluster.settled().orElse("");
  }

  private static void disturb(SimulatedCluster cluster, Random chance) {
    String worker = WORKERS.get(chance.nextInt(WORKERS.size()));
    String name = "c" + chance.nextInt(3);
    switch (chance.nextInt(17)) {
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
      case 15 -> {
        if (cluster.isUp(worker)) {
          cluster.restart(worker, 1 + chance.nextInt(3_000), 1 + chance.nextInt(3_000));
        }
      }
      case 16 -> {
        if (cluster.isUp(worker)) cluster.restart(worker, 1 + chance.nextInt(3_000), 0);
      }
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

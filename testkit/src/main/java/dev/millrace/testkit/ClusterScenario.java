package dev.millrace.testkit;

import dev.millrace.model.Command;
import dev.millrace.model.Restart;
import dev.millrace.model.TargetState;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * A cluster of four workers under random faults and commands, which then may settle. One seed
 * replays a run.
 */
public final class ClusterScenario {

  private static final List<String> WORKERS = List.of("w1", "w2", "w3", "w4");
  private static final int DISTURBANCES = 30;
  private static final int MANY = 200;
  private static final int SOME = 10; // one of so many runs begins in this way
  private static final int LOOK_MS = 500;
  private static final int LOOKS = 40;

  private final SimulatedCluster cluster;
  private final Random chance;

  private ClusterScenario(long seed) {
    this.cluster = new SimulatedCluster(seed);
    this.chance = new Random(seed * 31 + 7);
  }

  /** Few connectors, many faults; what went wrong, or nothing. */
  public static String play(long seed) {
    var scenario = new ClusterScenario(seed);
    if (seed % SOME == 0) scenario.forgets();
    return scenario.play(DISTURBANCES);
  }

  /** Some hundred connectors, fewer faults; what went wrong, or nothing. */
  public static String playMany(long seed) {
    var scenario = new ClusterScenario(seed);
    var all = new TreeMap<String, Map<String, String>>();
    for (int i = 0; i < MANY; i++) {
      all.put("many" + i, Map.of("tasks.max", "2", "topology.name", "many"));
    }
    WORKERS.subList(0, 3).forEach(scenario.cluster::boot);
    scenario.cluster.run(2_000);
    scenario.cluster.ask(new Command.ApplyTopology("many", all));
    return scenario.play(5);
  }

  /**
   * A worker that has said that it will be back, and then comes or does not; what went wrong, or
   * nothing.
   */
  public static String playRestart(long seed, boolean returns) {
    var cluster = threeWorkers(seed);
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

  /**
   * A worker that has said that it will be back, and does not come; meanwhile another one comes,
   * and one or all that were there when it was said are gone before the time is over. What went
   * wrong, or nothing.
   */
  public static String playHold(long seed, boolean all) {
    var cluster = threeWorkers(seed);
    cluster.calm(); // it is about times
    var before = cluster.loads();
    int away = (int) (seed % 3);
    cluster.restart(WORKERS.get(away), 10_000, 0);
    cluster.run(3_000);
    cluster.boot(WORKERS.get(3));
    cluster.run(2_000);
    cluster.crash(WORKERS.get((away + 1) % 3));
    if (all) cluster.crash(WORKERS.get((away + 2) % 3));
    cluster.run(3_000);
    int held = before.get(WORKERS.get(away));
    if (running(before) - running(cluster.loads()) != held) {
      return "held after 8 s: not " + held + ", now " + cluster.loads() + " of " + before;
    }
    cluster.run(5_500);
    return cluster.settled().map(fault -> "after 13.5 s: " + fault).orElse("");
  }

  private static int running(Map<String, Integer> loads) {
    return loads.values().stream().mapToInt(Integer::intValue).sum();
  }

  private static SimulatedCluster threeWorkers(long seed) {
    var cluster = new SimulatedCluster(seed);
    WORKERS.subList(0, 3).forEach(cluster::boot);
    for (int i = 0; i < 6; i++) {
      cluster.ask(new Command.Configure("c" + i, Map.of("tasks.max", "3")));
      cluster.run(2_000);
    }
    cluster.run(5_000);
    return cluster;
  }

  /**
   * A member has just begun work when it reads late, and goes on with what is taken away from it;
   * that it had it is compacted; and one that has never known comes to lead.
   */
  private void forgets() {
    WORKERS.subList(0, 2).forEach(cluster::boot);
    cluster.run(1_500);
    for (int i = 0; i < 6; i++) cluster.ask(new Command.Configure("c" + i, config()));
    cluster.run(200 + chance.nextInt(400));
    cluster.lag(WORKERS.get(0), 3_000 + chance.nextInt(3_000));
    cluster.boot(WORKERS.get(2));
    cluster.run(500 + chance.nextInt(1_000));
    cluster.compact();
    cluster.boot(WORKERS.get(3));
    cluster.run(chance.nextInt(1_000));
    WORKERS.subList(1, 3).forEach(cluster::crash);
    cluster.run(chance.nextInt(3_000));
  }

  private String play(int disturbances) {
    WORKERS.subList(0, 3).stream().filter(w -> !cluster.isUp(w)).forEach(cluster::boot);
    for (int i = 0; i < disturbances && cluster.violation().isEmpty(); i++) {
      disturb();
      cluster.run(chance.nextInt(700));
    }
    WORKERS.stream().filter(w -> !cluster.isUp(w)).forEach(cluster::boot);
    cluster.run(2_000);
    cluster.ask(new Command.Configure("last", Map.of("tasks.max", "3")));
    return settle();
  }

  /** Settled twice in a row, with nothing that happens in between. */
  private String settle() {
    cluster.calm();
    int logSize = -1;
    int reports = 0;
    for (int look = 0; look < LOOKS && cluster.violation().isEmpty(); look++) {
      cluster.run(LOOK_MS);
      boolean quiet = cluster.settled().isEmpty();
      if (quiet && logSize == cluster.logSize()) return chatter(cluster.reports() - reports);
      logSize = quiet ? cluster.logSize() : -1;
      reports = cluster.reports();
    }
    return cluster.settled().orElse("the log grows on although nothing happens");
  }

  /** Reports are repeated now and then; they never answer each other. */
  private static String chatter(int reports) {
    long allowed = WORKERS.size() * (1 + LOOK_MS / SimulatedCluster.TIMES.reportMs());
    return reports <= allowed ? "" : reports + " reports although nothing happens";
  }

  private void disturb() {
    String worker = WORKERS.get(chance.nextInt(WORKERS.size()));
    String name = "c" + chance.nextInt(3);
    switch (chance.nextInt(20)) {
      case 0, 1, 2 -> cluster.ask(new Command.Configure(name, config()));
      case 3 -> cluster.ask(new Command.Create(name, config(), pick(TargetState.values())));
      case 4 -> cluster.ask(new Command.Delete(name));
      case 5 -> cluster.ask(new Command.RestartConnector(name, pick(Restart.values())));
      case 6 -> cluster.ask(new Command.RestartTask(name, chance.nextInt(3)));
      case 7, 8 -> cluster.ask(new Command.Retarget(name, pick(TargetState.values())));
      case 9 -> cluster.failSomething();
      case 10 -> cluster.outage(chance.nextInt(700));
      case 11, 12 -> cluster.compact();
      case 13 -> cluster.refuse(chance.nextInt(900));
      case 14 ->
          cluster.ask(
              new Command.Configure(
                  name, Map.of("tasks.max", "1", SimulatedWriter.TOO_LARGE, "yes")));
      default -> trouble(worker);
    }
  }

  private void trouble(String worker) {
    if (!cluster.isUp(worker)) {
      cluster.boot(worker);
      return;
    }
    switch (chance.nextInt(7)) {
      case 0 -> cluster.crash(worker);
      case 1 -> { // back before anybody knows
        cluster.crash(worker);
        cluster.boot(worker);
      }
      case 2 -> cluster.partition(worker, chance.nextInt(900));
      case 3 -> cluster.freeze(worker, chance.nextInt(900));
      case 4 -> cluster.restart(worker, 1 + chance.nextInt(3_000), 1 + chance.nextInt(3_000));
      case 5 -> cluster.restart(worker, 1 + chance.nextInt(3_000), 0);
      case 6 -> cluster.lag(worker, chance.nextInt(2_000));
      default -> throw new AssertionError();
    }
  }

  private Map<String, String> config() {
    String tasks = String.valueOf(1 + chance.nextInt(5));
    return chance.nextBoolean()
        ? Map.of("tasks.max", tasks)
        : Map.of("tasks.max", tasks, SimulatedWriter.TIGHT, "");
  }

  private <T> T pick(T[] values) {
    return values[chance.nextInt(values.length)];
  }
}

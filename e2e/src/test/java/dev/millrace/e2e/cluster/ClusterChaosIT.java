package dev.millrace.e2e.cluster;

import dev.millrace.e2e.Await;
import dev.millrace.e2e.KafkaProcess;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three workers, as processes, that are killed and suspended, and a broker that is restarted: all
 * work goes on, never twice at a time, nothing is lost, nothing is there twice, and what runs on
 * those that nothing happens to runs on. The long run is begun with {@code -Pchaos}, and goes on
 * for {@code -Dchaos.seconds=…}.
 */
final class ClusterChaosIT {
  private static final long SEED = Long.getLong("chaos.seed", System.currentTimeMillis());
  private static final int SECONDS = Integer.getInteger("chaos.seconds", 300);
  private static final int SESSION_MS = 6_000;
  private static final int CHANGED = 3; // connectors at once
  private static final int TASKS_MAX = 3;

  @TempDir Path dir;
  private final Random chance = new Random(SEED);
  private final List<WorkerProcess> workers = new ArrayList<>();
  private final List<Undisturbed> undisturbed = new ArrayList<>(); // by what is being done
  private KafkaProcess kafka;
  private Numbers numbers;

  @AfterEach
  void end() {
    workers.forEach(WorkerProcess::close);
    if (kafka != null) kafka.close();
  }

  @Test
  void killedAndSuspendedWorkIsTakenOver() throws Exception {
    begin(9);
    oneIsSuspended("at first");
    workers.get(0).wake();
    kafka.kill();
    workers.get(1).kill();
    kafka.start();
    workers.get(1).start();
    allGoOn("all are back, and the broker was restarted");
    workers.get(0).forgetSuspension();
    numbers.nothingRanTwice(this::logs);
    oneIsSuspended("with connections that were cut when the broker was killed");
    numbers.nothingRanTwice(this::logs);
  }

  /** Another one is stopped meanwhile, so that the group waits until its session is over. */
  private void oneIsSuspended(String when) {
    var survivor = Undisturbed.at(numbers, workers.get(2).address(), workers.size());
    workers.get(0).suspend();
    workers.get(1).stop();
    workers.get(1).start();
    allGoOn("one of three is out, and one was stopped, " + when);
    survivor.assertKeptUndisturbed(this::logs);
  }

  @Test
  @Tag("chaos")
  void anythingMayHappen() throws Exception {
    System.out.printf("seed %d, %d s%n", SEED, SECONDS);
    begin(30);
    long end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
    for (int i = 0; System.nanoTime() < end; i++) {
      String what = disturb();
      long began = System.nanoTime();
      allGoOn("seed " + SEED + ", " + what);
      for (var each : undisturbed) each.assertKeptUndisturbed(this::logs);
      undisturbed.clear();
      System.out.printf(
          "%d: %s; all go on after %d ms%n", i, what, (System.nanoTime() - began) / 1_000_000);
      workers.forEach(WorkerProcess::forgetSuspension);
      numbers.nothingRanTwice(this::logs);
    }
  }

  private void begin(int connectors) throws Exception {
    kafka = new KafkaProcess(dir.resolve("kafka"));
    numbers = new Numbers(dir, connectors, true);
    for (String name : List.of("w1", "w2", "w3")) {
      var settings = ChaosSettings.of(kafka.bootstrapServers(), dir, name, true);
      workers.add(new WorkerProcess(dir, name, settings));
    }
    workers.forEach(WorkerProcess::start);
    for (int i = 0; i < connectors; i++) {
      var worker = workers.get(i % workers.size()).address();
      int number = i;
      Await.until(
          "c" + i + " is created",
          Await.LONG,
          () -> {
            numbers.create(worker, number);
            return true;
          },
          this::logs);
    }
    allGoOn("the beginning");
  }

  /** Does something bad, and tells what. When it returns, all processes are there again. */
  private String disturb() throws Exception {
    int first = chance.nextInt(workers.size());
    var one = workers.get(first);
    var other = workers.get((first + 1) % workers.size());
    int millis = chance.nextInt(2 * SESSION_MS);
    IntFunction<String> action =
        switch (chance.nextInt(8)) {
          case 0 -> ms -> killed(List.of(one), ms);
          case 1 -> ms -> killed(List.of(one, other), ms);
          case 2 -> ms -> suspended(one, ms);
          case 3 -> ms -> suspendedWhileAnotherIsKilled(one, other, ms);
          case 4 -> this::brokerKilled;
          case 5 -> ms -> stopped(one, ms);
          case 6 -> ms -> killedWhileAnotherIsStopped(one, other, ms);
          default -> ms -> changed();
        };
    return action.apply(millis);
  }

  private void watchAllBut(List<WorkerProcess> victims) {
    for (var each : workers) {
      if (victims.contains(each)) continue;
      undisturbed.add(Undisturbed.at(numbers, each.address(), workers.size()));
    }
  }

  private String killed(List<WorkerProcess> victims, int ms) {
    watchAllBut(victims);
    victims.forEach(WorkerProcess::kill);
    pause(ms);
    undisturbed.forEach(each -> each.assertSame(this::logs));
    victims.forEach(WorkerProcess::start);
    return victims.size() + " killed for " + ms + " ms";
  }

  /** The group waits for the one that is dead because the other one leaves. */
  private String killedWhileAnotherIsStopped(WorkerProcess one, WorkerProcess other, int ms) {
    watchAllBut(List.of(one, other));
    one.kill();
    other.stop();
    pause(ms);
    undisturbed.forEach(each -> each.assertSame(this::logs));
    one.start();
    other.start();
    return "one killed and one stopped for " + ms + " ms";
  }

  private String suspended(WorkerProcess worker, int ms) {
    worker.suspend();
    pause(ms);
    worker.wake();
    return "suspended for " + ms + " ms";
  }

  private String suspendedWhileAnotherIsKilled(WorkerProcess one, WorkerProcess other, int ms) {
    one.suspend();
    other.kill();
    pause(ms);
    other.start();
    one.wake();
    return "one suspended and one killed for " + ms + " ms";
  }

  private String brokerKilled(int ms) {
    kafka.kill();
    pause(ms);
    kafka.start();
    return "broker killed for " + ms + " ms";
  }

  private String stopped(WorkerProcess worker, int ms) {
    worker.stop();
    pause(ms);
    worker.start();
    return "stopped for " + ms + " ms";
  }

  private String changed() {
    int first = chance.nextInt(numbers.connectors());
    for (int i = 0; i < CHANGED; i++) {
      int number = (first + i) % numbers.connectors();
      var worker = workers.get(chance.nextInt(workers.size())).address();
      try {
        int tasks = 1 + chance.nextInt(TASKS_MAX);
        numbers.configure(worker, number, tasks, "m" + chance.nextInt());
        numbers.send(worker, "POST", "/connectors/c" + number + "/restart?includeTasks=true", "");
      } catch (Exception e) {
        throw new AssertionError("c" + number + " at " + worker, e);
      }
    }
    return "c" + first + " and those after it changed and restarted";
  }

  /** Every connector runs, as every worker says that is awake, and writes on. */
  private void allGoOn(String when) {
    numbers.allGoOn(when, kafka.bootstrapServers(), awake(), this::logs);
  }

  private List<URI> awake() {
    return workers.stream()
        .filter(w -> w.isUp() && !w.isSuspended())
        .map(WorkerProcess::address)
        .toList();
  }

  private String logs() {
    var all = new StringBuilder();
    workers.forEach(worker -> all.append(worker.tail()).append("\n----\n"));
    return all.toString();
  }

  private static void pause(long ms) {
    long end = System.nanoTime() + Duration.ofMillis(ms).toNanos();
    while (System.nanoTime() < end) LockSupport.parkNanos(end - System.nanoTime());
  }
}

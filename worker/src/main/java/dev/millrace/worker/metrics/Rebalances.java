package dev.millrace.worker.metrics;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.common.metrics.MeasurableStat;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.common.metrics.stats.Avg;
import org.apache.kafka.common.metrics.stats.Max;
import org.apache.kafka.common.utils.Time;

/** {@code connect-worker-rebalance-metrics} (compat: metrics §3). Guarded by its lock. */
final class Rebalances {

  /** Kafka Connect's newest protocol: what it would say of a group whose requests are signed. */
  private static final String PROTOCOL = "SESSIONED";

  private final Time time;
  private final Sensor durations;
  private final ReentrantLock lock = new ReentrantLock();
  private String leader;
  private int epoch;
  private long completed;
  private long beganMs;
  private long endedMs;
  private boolean underWay;

  Rebalances(Registry registry) {
    this.time = registry.time();
    var group =
        new Group(registry.metrics(), "connect-worker-rebalance-metrics", Map.of())
            .text("leader-name", "REST address of the group's leader", () -> locked(() -> leader))
            .text("connect-protocol", "The group's protocol", () -> PROTOCOL)
            .number("epoch", "Generation of the group", () -> locked(() -> (double) epoch))
            .number(
                "completed-rebalances-total",
                "Rebalances completed",
                () -> locked(() -> (double) completed))
            .number(
                "rebalancing",
                "1 while the worker rebalances",
                () -> locked(() -> underWay ? 1.0 : 0.0))
            .number(
                "time-since-last-rebalance-ms",
                "Time since the latest rebalance",
                () -> locked(this::sinceLast));
    Map<String, MeasurableStat> stats = new LinkedHashMap<>();
    stats.put("rebalance-max-time-ms", new Max());
    stats.put("rebalance-avg-time-ms", new Avg());
    this.durations = group.sensor("Time of a rebalance", stats);
  }

  private double sinceLast() {
    return completed == 0 ? Double.POSITIVE_INFINITY : (double) (time.milliseconds() - endedMs);
  }

  void began(String newLeader, int generation) {
    locked(
        () -> {
          leader = newLeader;
          epoch = generation;
          beganMs = time.milliseconds();
          underWay = true;
          return underWay;
        });
  }

  void ended() {
    locked(
        () -> {
          if (underWay) {
            endedMs = time.milliseconds();
            completed++;
            durations.record((double) (endedMs - beganMs), endedMs);
          }
          underWay = false;
          return underWay;
        });
  }

  private interface Step<T> {
    T run();
  }

  private <T> T locked(Step<T> step) {
    lock.lock();
    try {
      return step.run();
    } finally {
      lock.unlock();
    }
  }
}

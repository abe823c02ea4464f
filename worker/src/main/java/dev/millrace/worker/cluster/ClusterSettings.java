package dev.millrace.worker.cluster;

import dev.millrace.kafka.TopicSpec;
import dev.millrace.kafka.group.GroupSettings;
import dev.millrace.model.control.ControlTimes;
import dev.millrace.worker.keys.WorkerKeys;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;

/**
 * How a worker is one of several, by Kafka Connect's keys (compat: worker config §4).
 *
 * @param configTopic topic of the config log
 * @param statusTopic topic of the statuses
 * @param group name of the workers' group
 * @param times when somebody counts as gone
 * @param worker all settings of the worker
 */
public record ClusterSettings(
    TopicSpec configTopic,
    TopicSpec statusTopic,
    String group,
    Times times,
    Map<String, String> worker) {

  /** Copies the map. */
  public ClusterSettings {
    worker = Map.copyOf(worker);
  }

  public static final String CONFIG_TOPIC = "config.storage.topic";
  public static final String STATUS_TOPIC = "status.storage.topic";
  private static final String GROUP = "group.id";
  private static final String CONFIG_REPLICATION = "config.storage.replication.factor";
  private static final String STATUS_REPLICATION = "status.storage.replication.factor";
  private static final String STATUS_PARTITIONS = "status.storage.partitions";
  private static final String SESSION = "session.timeout.ms";
  private static final String HEARTBEAT = "heartbeat.interval.ms";
  private static final String REBALANCE = "rebalance.timeout.ms";
  private static final String STOP = "task.shutdown.graceful.timeout.ms";
  private static final Set<String> NOT_OF_TOPICS =
      Set.of("topic", "partitions", "replication.factor", "cleanup.policy");

  private static final ConfigDef DEFINITION =
      WorkerKeys.definition(
          List.of(
              CONFIG_TOPIC,
              STATUS_TOPIC,
              GROUP,
              CONFIG_REPLICATION,
              STATUS_REPLICATION,
              STATUS_PARTITIONS,
              SESSION,
              HEARTBEAT,
              REBALANCE,
              STOP));

  /** True when these settings of a worker are those of one of several. */
  public static boolean present(Map<String, String> worker) {
    return worker.containsKey(CONFIG_TOPIC);
  }

  /**
   * From the worker's settings.
   *
   * @throws org.apache.kafka.common.config.ConfigException naming what is missing or wrong
   */
  public static ClusterSettings of(Map<String, String> worker) {
    var values = new AbstractConfig(DEFINITION, worker, false);
    return new ClusterSettings(
        new TopicSpec(
            values.getString(CONFIG_TOPIC),
            1,
            values.getShort(CONFIG_REPLICATION),
            topicSettings(worker, "config.storage.")),
        new TopicSpec(
            values.getString(STATUS_TOPIC),
            values.getInt(STATUS_PARTITIONS),
            values.getShort(STATUS_REPLICATION),
            topicSettings(worker, "status.storage.")),
        values.getString(GROUP),
        new Times(
            Duration.ofMillis(values.getInt(SESSION)),
            Duration.ofMillis(values.getInt(HEARTBEAT)),
            Duration.ofMillis(values.getInt(REBALANCE)),
            Duration.ofMillis(values.getLong(STOP))),
        worker);
  }

  private static Map<String, String> topicSettings(Map<String, String> worker, String prefix) {
    var found = new HashMap<String, String>();
    worker.forEach(
        (key, value) -> {
          if (key.startsWith(prefix)) found.put(key.substring(prefix.length()), value);
        });
    found.keySet().removeAll(NOT_OF_TOPICS);
    return found;
  }

  /** A new keeper of the session key. */
  KeyRotation keys() {
    return KeyRotation.of(worker, InstantSource.system());
  }

  /** The group's settings, with those of its network client. */
  GroupSettings groupSettings(Map<String, Object> client) {
    return new GroupSettings(
        group,
        client,
        new GroupSettings.Times(
            times.session(), times.heartbeatInUse(), times.rebalance(), times.isolation()));
  }

  /**
   * When somebody counts as gone. A worker that hears nothing of the coordinator lets its work go
   * so early that it has ended, slow stops included, when the others may take it over.
   *
   * @param session {@code session.timeout.ms}
   * @param heartbeat {@code heartbeat.interval.ms}
   * @param rebalance {@code rebalance.timeout.ms}
   * @param stop {@code task.shutdown.graceful.timeout.ms}
   */
  public record Times(Duration session, Duration heartbeat, Duration rebalance, Duration stop) {
    private static final Duration HEARTBEAT_MAX = Duration.ofMillis(500);
    private static final Duration MARGIN = Duration.ofMillis(500);
    private static final Duration GRACE = Duration.ofMillis(500);
    private static final double ISOLATION_MIN = 0.4; // of the session timeout
    private static final long RETRY_MS = 200;
    private static final long REFUSED_MS = 5_000;
    private static final long APPEND_MS = 20_000; // the producer gives up after 15 s
    private static final long REPORT_MS = 10_000;

    /** So often that others learn of a departure within half a second. */
    Duration heartbeatInUse() {
      return min(heartbeat, HEARTBEAT_MAX);
    }

    /** After so long without contact the work is let go. */
    Duration isolation() {
      Duration least = Duration.ofMillis((long) (session.toMillis() * ISOLATION_MIN));
      Duration wanted = session.plus(GRACE).minus(stop).minus(MARGIN);
      return wanted.compareTo(least) > 0 ? wanted : least;
    }

    /** How long others wait once the coordinator has told that a worker is gone. */
    Duration grace() {
      Duration needed = isolation().plus(stop).plus(MARGIN).minus(session);
      return needed.compareTo(GRACE) > 0 ? needed : GRACE;
    }

    /** The control plane's times. */
    ControlTimes control() {
      return new ControlTimes(grace().toMillis(), RETRY_MS, REFUSED_MS, APPEND_MS, REPORT_MS);
    }

    private static Duration min(Duration a, Duration b) {
      return a.compareTo(b) < 0 ? a : b;
    }
  }
}

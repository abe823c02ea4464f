package dev.millrace.worker;

import dev.millrace.model.ClusterState;
import dev.millrace.model.Command;
import dev.millrace.model.CommandResult;
import dev.millrace.worker.cluster.FenceGate;
import dev.millrace.worker.cluster.Members;
import dev.millrace.worker.events.EventLog;
import dev.millrace.worker.listing.PluginListing;
import dev.millrace.worker.logging.LogLevels;
import dev.millrace.worker.metrics.MetricFamily;
import dev.millrace.worker.offsets.OffsetAdmin;
import dev.millrace.worker.validation.Validation;
import dev.millrace.worker.validation.ValidationException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javax.crypto.SecretKey;
import org.apache.kafka.connect.health.ConnectorType;
import org.apache.kafka.connect.rest.ConnectRestExtension;

/**
 * What REST, CLI and embedders may ask a worker. Thread-safe. {@link #validate}, {@link #offsets}
 * and {@link #pluginListing} may take their time, under deadlines.
 */
public interface WorkerApi {

  /** {@code host:port} of the advertised REST address. */
  String workerId();

  /** The Kafka client library and cluster. */
  KafkaInfo kafka();

  /** What the config log says, as far as this worker has read it. */
  ClusterState state();

  /** True when the log has been read and the worker is a member of its group. */
  boolean ready();

  /** Waits until it is {@link #ready}; false when it was not within this time, or never will be. */
  boolean awaitReady(Duration atMost);

  /** How long a request may take. */
  Duration requestTimeout();

  StatusBoard statuses();

  /** All metrics, in Prometheus' form. */
  List<MetricFamily> metrics();

  /**
   * Has a command carried out by the leader. Its effect is visible in {@link #state()} when the
   * future completes; never completes exceptionally. Configurations must have been validated. The
   * future may complete on the control thread: wait for it, or attach with {@code …Async}.
   */
  CompletableFuture<CommandResult> submit(Command command);

  /** Source, sink, or unknown when the class is not installed here. */
  ConnectorType typeOf(Map<String, String> config);

  /**
   * Checks a connector configuration. Runs plugin code on a thread of its own, under a deadline.
   *
   * @throws ValidationException when the check itself is impossible: no class, unknown class, time
   *     out
   */
  Validation validate(Map<String, String> config);

  /**
   * Looks a key up in the table that a connector's tasks keep.
   *
   * @param key the key as text: a bare value, or a JSON object for several columns
   * @return the row as JSON text; empty when there is none
   * @throws QueryException when it cannot be answered
   */
  Optional<String> query(String connector, String key);

  /** Where connectors have got to. */
  OffsetAdmin offsets();

  /** The plugins installed here. */
  PluginListing pluginListing();

  /**
   * Makes REST extensions, configured with the worker's settings; the worker closes them.
   *
   * @param classes their classes or aliases
   * @throws org.apache.kafka.connect.errors.ConnectException when one cannot be made
   */
  List<ConnectRestExtension> restExtensions(List<String> classes);

  /** The levels of this process's loggers. */
  LogLevels logLevels();

  /** What has happened to connectors and tasks of late. */
  EventLog events();

  /** What the worker is doing, as a sentence for whoever waits for it; empty when nothing. */
  String stage();

  /** Who decides commands at the moment. */
  Leader leader();

  /** Whether it is a worker of Kafka Connect's standalone mode. */
  boolean standalone();

  /**
   * Waits, as long as a request may take, until the connector's instance has begun with what the
   * log wants by now, or has failed; in standalone mode also until its tasks are known. Does not
   * wait for instances of other workers.
   *
   * @return why it has not begun, as a sentence; empty when it has
   */
  Optional<String> awaitStarted(String connector);

  /**
   * Waits, as long as a request may take, until no task of an earlier set of an exactly-once
   * connector can write any more.
   */
  FenceGate.Passage awaitFenced(String connector);

  /** Waits, as long as a request may take, until somebody known leads. */
  Leader awaitLeader();

  /**
   * Waits until {@link #state()} is that of the log up to this offset.
   *
   * @return false when it was not within this time
   */
  boolean awaitOffset(long offset, Duration atMost);

  /** The key that signs requests between workers; empty before it has been read. */
  Optional<SecretKey> sessionKey();

  /** The workers of the group, this one too. */
  Members members();

  /** Id of this worker in its group. */
  String member();

  /** Where commands are decided. */
  sealed interface Leader {
    /** As the worker that is this member sees it. */
    static Leader of(Members members, String member) {
      if (members.leader().isEmpty()) return new Unknown();
      if (members.leader().equals(member)) return new Here();
      return members
          .urlOf(members.leader())
          .<Leader>map(url -> new At(URI.create(url)))
          .orElseGet(Unknown::new);
    }

    /** This worker leads. */
    record Here() implements Leader {}

    /** Another does; its REST server is there. */
    record At(URI url) implements Leader {}

    /** Nobody known does at the moment. */
    record Unknown() implements Leader {}
  }

  /**
   * The Kafka client library and cluster.
   *
   * @param clusterId empty until it has been looked up
   */
  record KafkaInfo(String version, String commit, String clusterId) {}
}

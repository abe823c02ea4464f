package dev.millrace.engine.sink;

import dev.millrace.engine.Count;
import dev.millrace.engine.Environment;
import dev.millrace.engine.Sample;
import dev.millrace.engine.Signals;
import dev.millrace.engine.sink.PartitionProgress.Accepted;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.connect.sink.SinkTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits what a sink task has put (compat: semantics §6). Owned by the work's thread, on which
 * Kafka's callbacks arrive too.
 */
final class SinkCommits {
  private static final Logger LOG = LoggerFactory.getLogger(SinkCommits.class);

  private final SinkSetup setup;
  private final Environment environment;
  private final Signals signals;
  private final Consumer<byte[], byte[]> consumer;
  private final SinkTask task;
  private final PartitionProgress progress;
  private final OutstandingReports reports;
  private long nextMs;
  private long sequence;
  private long beganMs;
  private boolean underWay;

  SinkCommits(
      SinkSetup setup,
      Signals signals,
      Consumer<byte[], byte[]> consumer,
      SinkTask task,
      PartitionProgress progress,
      OutstandingReports reports) {
    this.setup = setup;
    this.environment = setup.environment();
    this.signals = signals;
    this.consumer = consumer;
    this.task = task;
    this.progress = progress;
    this.reports = reports;
    this.nextMs = environment.waits().nowMs() + setup.commits().interval().toMillis();
  }

  /** How long until the next commit is due. */
  long untilDueMs() {
    return Math.max(0, nextMs - environment.waits().nowMs());
  }

  /** Whether a new commit may begin: none is under way. Gives up one that takes too long. */
  boolean idle() {
    long now = environment.waits().nowMs();
    if (underWay && now - beganMs >= setup.commits().timeout().toMillis()) {
      underWay = false;
      failed("was not answered in " + setup.commits().timeout());
    }
    return !underWay;
  }

  /**
   * Commits all partitions without waiting for the answer. Returns the positions to go back to,
   * which is empty unless preCommit failed.
   */
  Map<TopicPartition, OffsetAndMetadata> commitAsync() {
    nextMs = environment.waits().nowMs() + setup.commits().interval().toMillis();
    Map<TopicPartition, OffsetAndMetadata> offsets = progress.committable(progress.partitions());
    if (offsets.isEmpty() || !reportsSettled(offsets.keySet())) {
      return Map.of();
    }
    begin();
    Map<TopicPartition, OffsetAndMetadata> answer;
    try {
      answer = task.preCommit(new HashMap<>(offsets));
    } catch (Exception e) {
      LOG.error("{}: preCommit failed; going back to the last committed offsets", setup.name(), e);
      failed("could not be prepared by the task");
      return progress.rewind();
    }
    sendAsync(answer, offsets.keySet());
    return Map.of();
  }

  private void sendAsync(
      Map<TopicPartition, OffsetAndMetadata> answer, Collection<TopicPartition> scope) {
    Map<TopicPartition, OffsetAndMetadata> wanted = accepted(answer, scope);
    if (wanted.isEmpty()) {
      succeeded(Map.of());
      return;
    }
    long mine = sequence;
    underWay = true;
    consumer.commitAsync(wanted, (offsets, error) -> answered(mine, wanted, error));
  }

  private void answered(
      long commit, Map<TopicPartition, OffsetAndMetadata> offsets, Exception error) {
    if (commit != sequence || !underWay) {
      environment.counters().add(Count.COMMITS_SKIPPED);
      return;
    }
    underWay = false;
    if (error == null) {
      succeeded(offsets);
    } else {
      failed("failed: " + error);
    }
  }

  /** Commits these partitions and waits, then has the task close them in any case. */
  void commitAndClose(Collection<TopicPartition> partitions) throws Exception {
    Map<TopicPartition, OffsetAndMetadata> offsets = progress.committable(partitions);
    Map<TopicPartition, OffsetAndMetadata> answer = Map.of();
    try {
      if (!offsets.isEmpty() && !signals.cancelled() && reportsSettled(offsets.keySet())) {
        answer = prepareLast(offsets);
      }
    } finally {
      if (!partitions.isEmpty()) {
        task.close(partitions);
      }
    }
    Map<TopicPartition, OffsetAndMetadata> wanted = accepted(answer, offsets.keySet());
    if (!wanted.isEmpty() && !signals.cancelled()) {
      sendSync(wanted);
    }
  }

  private Map<TopicPartition, OffsetAndMetadata> prepareLast(
      Map<TopicPartition, OffsetAndMetadata> offsets) {
    begin();
    underWay = false;
    try {
      return task.preCommit(new HashMap<>(offsets));
    } catch (Exception e) {
      LOG.error("{}: preCommit failed before closing {}", setup.name(), offsets.keySet(), e);
      failed("could not be prepared by the task");
      return Map.of();
    }
  }

  private void sendSync(Map<TopicPartition, OffsetAndMetadata> offsets) {
    Duration timeout = setup.commits().timeout();
    try {
      Wakeups.ignored(() -> consumer.commitSync(offsets, timeout));
      succeeded(offsets);
    } catch (WakeupException e) {
      failed("was interrupted by another signal");
    } catch (KafkaException e) {
      failed("failed: " + e);
    }
  }

  /** What to commit after all: the task's answer where it is usable; empty when nothing changes. */
  private Map<TopicPartition, OffsetAndMetadata> accepted(
      Map<TopicPartition, OffsetAndMetadata> answer, Collection<TopicPartition> scope) {
    if (answer == null || answer.isEmpty()) {
      return Map.of();
    }
    Accepted accepted = progress.accept(scope, answer);
    if (!accepted.ignored().isEmpty()) {
      LOG.warn(
          "{}: ignored offsets from preCommit, which are not of its partitions or beyond what was"
              + " put: {}",
          setup.name(),
          accepted.ignored());
    }
    return accepted.offsets().equals(progress.committed(scope)) ? Map.of() : accepted.offsets();
  }

  private boolean reportsSettled(Collection<TopicPartition> partitions) {
    boolean settled =
        environment
            .waits()
            .await(
                () -> reports.settled(partitions) || signals.cancelled(),
                setup.commits().timeout());
    if (!settled) {
      environment.counters().add(Count.COMMIT_FAILURES);
      LOG.warn(
          "{}: reports of given-up records were not safe in {}; their offsets are not committed"
              + " yet",
          setup.name(),
          setup.commits().timeout());
    }
    return settled && !signals.cancelled();
  }

  private void begin() {
    sequence++;
    environment.counters().set(Count.COMMIT_SEQUENCE, sequence);
    beganMs = environment.waits().nowMs();
  }

  private void succeeded(Map<TopicPartition, OffsetAndMetadata> offsets) {
    progress.committed(offsets);
    environment.counters().add(Count.COMMITS);
    environment.counters().sample(Sample.COMMIT_MS, environment.waits().nowMs() - beganMs);
    progress.publish(environment.counters());
  }

  private void failed(String how) {
    environment.counters().add(Count.COMMIT_FAILURES);
    LOG.warn("{}: commit number {} {}; offsets are kept for the next", setup.name(), sequence, how);
  }
}

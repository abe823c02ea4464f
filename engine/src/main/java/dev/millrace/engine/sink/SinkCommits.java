package dev.millrace.engine.sink;

import dev.millrace.engine.Count;
import dev.millrace.engine.Environment;
import dev.millrace.engine.Sample;
import dev.millrace.engine.Signals;
import dev.millrace.engine.sink.PartitionProgress.Accepted;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits what a sink task has put (compat: semantics §6). Owned by the work's thread. The keeper
 * brings the answers of Kafka to it, and may call {@link #commitSync} while it waits.
 */
final class SinkCommits {
  private static final Logger LOG = LoggerFactory.getLogger(SinkCommits.class);

  /** How often it is looked for the answer of a commit that keeps the next one waiting. */
  private static final long LOOK_MS = 20;

  private final SinkSetup setup;
  private final Environment environment;
  private final Signals signals;
  private final Engaged engaged;
  private final PartitionProgress progress;
  private final OutstandingReports reports;
  private long nextMs;
  private long sequence;
  private long beganMs;
  private boolean underWay;

  SinkCommits(SinkSetup setup, Signals signals, Engaged engaged, OutstandingReports reports) {
    this.setup = setup;
    this.environment = setup.environment();
    this.signals = signals;
    this.engaged = engaged;
    this.progress = engaged.progress();
    this.reports = reports;
    this.nextMs = environment.waits().nowMs() + setup.commits().interval().toMillis();
  }

  /** How long until the next commit is due. */
  long untilDueMs() {
    return Math.max(0, nextMs - environment.waits().nowMs());
  }

  /** How long a poll may last: until there may be something to commit. */
  long pollMs() {
    long untilDue = untilDueMs();
    return untilDue == 0 && underWay ? LOOK_MS : untilDue;
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
  Map<TopicPartition, OffsetAndMetadata> commitAsync() throws Exception {
    nextMs = environment.waits().nowMs() + setup.commits().interval().toMillis();
    Map<TopicPartition, OffsetAndMetadata> offsets = progress.committable(progress.partitions());
    if (offsets.isEmpty() || !reportsSettled(offsets.keySet())) {
      return Map.of();
    }
    begin();
    long mine = sequence;
    Map<TopicPartition, OffsetAndMetadata> answer = new HashMap<>();
    AtomicReference<Exception> failure = new AtomicReference<>();
    engaged.keeper().away("preCommit", () -> prepare(offsets, answer, failure));
    if (failure.get() != null) {
      LOG.error(
          "{}: preCommit failed; going back to the last committed offsets: {}",
          setup.name(),
          environment.trace(failure.get()));
      failed("could not be prepared by the task");
      return progress.rewind();
    }
    if (mine == sequence) {
      sendAsync(answer, offsets.keySet());
    }
    return Map.of();
  }

  private void prepare(
      Map<TopicPartition, OffsetAndMetadata> offsets,
      Map<TopicPartition, OffsetAndMetadata> answer,
      AtomicReference<Exception> failure) {
    try {
      Map<TopicPartition, OffsetAndMetadata> given =
          engaged.task().preCommit(new HashMap<>(offsets));
      if (given != null) {
        answer.putAll(given);
      }
    } catch (Exception e) {
      failure.set(e);
    }
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
    engaged.consumer().commitAsync(wanted, (offsets, error) -> arrived(mine, wanted, error));
  }

  private void arrived(
      long commit, Map<TopicPartition, OffsetAndMetadata> offsets, Exception error) {
    if (engaged.keeper().turning()) {
      engaged.keeper().defer(() -> answered(commit, offsets, error));
    } else {
      answered(commit, offsets, error);
    }
  }

  private void answered(
      long commit, Map<TopicPartition, OffsetAndMetadata> offsets, Exception error) {
    if (commit != sequence) {
      environment.counters().add(Count.COMMITS_SKIPPED);
      return;
    }
    underWay = false;
    if (error == null) {
      succeeded(offsets);
    } else {
      failed("failed: " + environment.line(error));
    }
  }

  /** Answers to commits of before mean nothing any more: positions have changed since. */
  void supersede() {
    sequence++;
    underWay = false;
  }

  /** Commits these partitions and waits, after the task has closed them in any case. */
  void commitAndClose(Collection<TopicPartition> partitions) throws Exception {
    commitSync(prepareAndClose(partitions));
  }

  /** Has the task prepare a commit and close these partitions; what is to be committed then. */
  Map<TopicPartition, OffsetAndMetadata> prepareAndClose(Collection<TopicPartition> partitions)
      throws Exception {
    Map<TopicPartition, OffsetAndMetadata> offsets = progress.committable(partitions);
    Map<TopicPartition, OffsetAndMetadata> answer = Map.of();
    try {
      if (!offsets.isEmpty() && !signals.cancelled() && reportsSettled(offsets.keySet())) {
        answer = prepareLast(offsets);
      }
    } finally {
      if (!partitions.isEmpty()) {
        supersede();
        engaged.task().close(partitions);
      }
    }
    return accepted(answer, offsets.keySet());
  }

  private Map<TopicPartition, OffsetAndMetadata> prepareLast(
      Map<TopicPartition, OffsetAndMetadata> offsets) {
    begin();
    try {
      return engaged.task().preCommit(new HashMap<>(offsets));
    } catch (Exception e) {
      LOG.error(
          "{}: preCommit failed before closing {}: {}",
          setup.name(),
          offsets.keySet(),
          environment.trace(e));
      failed("could not be prepared by the task");
      return Map.of();
    }
  }

  /** Commits and waits for the answer; not when the task is cancelled. */
  void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets) {
    if (offsets.isEmpty() || signals.cancelled()) {
      return;
    }
    try {
      sendSync(offsets);
      succeeded(offsets);
    } catch (KafkaException e) {
      failed("failed: " + environment.line(e));
    }
  }

  private void sendSync(Map<TopicPartition, OffsetAndMetadata> offsets) {
    Wakeups.deferred(
        engaged.consumer(),
        () -> {
          if (signals.cancelled()) {
            throw new KafkaException("The time to stop had passed");
          }
          engaged.consumer().commitSync(offsets, setup.commits().timeout());
        });
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
          environment.hidden().apply(accepted.ignored().toString()));
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

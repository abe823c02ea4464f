package dev.millrace.engine.sink;

import dev.millrace.engine.Closer;
import dev.millrace.engine.Count;
import dev.millrace.engine.Counters;
import dev.millrace.engine.Environment;
import dev.millrace.engine.Loaders;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Follows the partitions a sink task gets and loses (compat: semantics §6). Called inside the
 * consumer's poll, by the work's thread or by the keeper; the task is called by the work's thread.
 * What the task throws is kept and thrown after the poll. All state is owned by the work's thread,
 * but for what waits for it.
 */
final class Assignment implements ConsumerRebalanceListener {
  private final Environment environment;
  private final Engaged engaged;
  private final SinkCommits commits;
  private final Pauses pauses;
  private final Intake intake;
  private final Wishes wishes;
  private Closer errors = new Closer();
  private boolean broken;
  private volatile boolean over;

  /** Partitions of which a change waits for the work's thread, and must not be overtaken. */
  private final Set<TopicPartition> waiting = ConcurrentHashMap.newKeySet();

  /** The offsets the task asks for. */
  interface Wishes {
    /** Moves to them. */
    void apply();

    /** These partitions are taken away, and what was asked for of them means nothing any more. */
    void forget(Collection<TopicPartition> partitions);
  }

  Assignment(
      Environment environment,
      Engaged engaged,
      SinkCommits commits,
      Pauses pauses,
      Intake intake,
      Wishes wishes) {
    this.environment = environment;
    this.engaged = engaged;
    this.commits = commits;
    this.pauses = pauses;
    this.intake = intake;
    this.wishes = wishes;
  }

  private boolean deaf() {
    return over || engaged.keeper().closed();
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
    if (deaf()) {
      return;
    }
    if (engaged.keeper().turning()) {
      engaged.consumer().pause(partitions);
    }
    Map<TopicPartition, Long> positions = new HashMap<>();
    AtomicReference<RuntimeException> failure = new AtomicReference<>();
    try {
      for (TopicPartition partition : partitions) {
        positions.put(
            partition,
            Wakeups.deferred(engaged.consumer(), () -> engaged.consumer().position(partition)));
      }
    } catch (RuntimeException e) {
      failure.set(e);
    }
    onTaskThread(partitions, () -> guarded(() -> assigned(positions, failure.get())));
  }

  private void assigned(Map<TopicPartition, Long> positions, RuntimeException failure) {
    if (failure != null) {
      throw failure;
    }
    positions.forEach(engaged.progress()::assign);
    pauses.assigned(engaged.progress().partitions());
    if (intake.holdsNoBatch() && pauses.retrying()) {
      environment.goesOn(Counters.Cause.PLUGIN);
      pauses.retrying(false);
    }
    pauses.apply();
    if (!positions.isEmpty() && !broken) {
      engaged.task().open(List.copyOf(positions.keySet()));
      wishes.apply();
      pauses.apply();
    }
  }

  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
    if (deaf()) {
      return;
    }
    if (engaged.keeper().turning()) {
      revokedWhileBusy(List.copyOf(partitions));
    } else {
      guarded(() -> commits.commitAndClose(List.copyOf(partitions)));
      forget(partitions);
    }
  }

  private void revokedWhileBusy(List<TopicPartition> partitions) {
    if (Collections.disjoint(waiting, partitions)) {
      offer(partitions);
    } else {
      onTaskThread(partitions, () -> lost(partitions));
    }
  }

  private void offer(List<TopicPartition> partitions) {
    AtomicReference<Map<TopicPartition, OffsetAndMetadata>> wanted =
        new AtomicReference<>(Map.of());
    HandOver.State outcome =
        engaged
            .keeper()
            .handOver(() -> guarded(() -> wanted.set(commits.prepareAndClose(partitions))));
    switch (outcome) {
      case DONE -> {
        commits.commitSync(wanted.get());
        forget(partitions);
      }
      case TAKEN -> onTaskThread(partitions, () -> forget(partitions));
      case OFFERED, WITHDRAWN -> onTaskThread(partitions, () -> lost(partitions));
    }
  }

  @Override
  public void onPartitionsLost(Collection<TopicPartition> partitions) {
    if (deaf()) {
      return;
    }
    List<TopicPartition> copy = List.copyOf(partitions);
    onTaskThread(copy, () -> lost(copy));
  }

  private void lost(List<TopicPartition> partitions) {
    if (!partitions.isEmpty()) {
      commits.supersede();
      guarded(() -> engaged.task().close(partitions));
    }
    forget(partitions);
  }

  private void forget(Collection<TopicPartition> partitions) {
    engaged.progress().remove(partitions);
    intake.remove(partitions);
    wishes.forget(partitions);
    count();
  }

  private void count() {
    engaged.progress().publish(environment.counters());
  }

  /** Now, or when the work's thread is back: then behind the changes before it. */
  private void onTaskThread(Collection<TopicPartition> partitions, Runnable change) {
    if (!engaged.keeper().turning()) {
      change.run();
      return;
    }
    List<TopicPartition> copy = List.copyOf(partitions);
    waiting.addAll(copy);
    engaged
        .keeper()
        .defer(
            () -> {
              waiting.removeAll(copy);
              change.run();
            });
  }

  private void guarded(Loaders.Action action) {
    errors.close(
        () -> {
          boolean done = false;
          try {
            action.run();
            done = true;
          } finally {
            broken |= !done;
          }
        });
    count();
  }

  /** Throws what a callback threw. */
  void check() throws Exception {
    Closer thrown = errors;
    errors = new Closer();
    thrown.rethrow();
  }

  /** The task is at its end: later callbacks mean nothing. */
  void over() {
    over = true;
    environment.counters().set(Count.PARTITIONS, 0);
  }
}

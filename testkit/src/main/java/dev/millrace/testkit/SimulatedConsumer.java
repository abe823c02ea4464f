package dev.millrace.testkit;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.ConcurrentModificationException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;

/**
 * A consumer of a {@link SimulatedGroup}. It does what Kafka's own consumer does as far as {@code
 * ConsumerContract} says; other methods must not be used. As with Kafka's own, only {@link #wakeup}
 * may be called while another thread is inside. A poll never waits.
 */
@SuppressWarnings("UnsynchronizedOverridesSynchronized") // refuses a second thread, as the real one
public final class SimulatedConsumer extends MockConsumer<byte[], byte[]> {
  private static final int MOST = 500;

  private final SimulatedGroup group;
  private final SimulatedGroup.Member member;
  private final Faults faults = new Faults();
  private final AtomicReference<Thread> user = new AtomicReference<>();
  private final AtomicBoolean woken = new AtomicBoolean();
  private final Map<TopicPartition, Long> positions = new HashMap<>();
  private final Set<TopicPartition> paused = new HashSet<>();
  private final Queue<Runnable> answers = new ArrayDeque<>();
  private Predicate<String> topics = topic -> false;
  private ConsumerRebalanceListener listener;

  /** What goes wrong; nothing unless set. Owned by the consumer's user. */
  public static final class Faults {
    private Supplier<Boolean> commitFails = () -> false;
    private Supplier<Boolean> answerWaits = () -> false;
    private Supplier<Integer> most = () -> MOST;
    private Consumer<Duration> waits = timeout -> {};

    /** Asked for each commit. */
    public void commitFails(Supplier<Boolean> decision) {
      commitFails = decision;
    }

    /** Asked at each poll while an asynchronous commit is not answered. */
    public void answerWaits(Supplier<Boolean> decision) {
      answerWaits = decision;
    }

    /** Told of each poll that Kafka's own consumer would wait in, and for how long. */
    public void waits(Consumer<Duration> listener) {
      waits = listener;
    }

    /** Asked for each partition at each poll: how many records at most. */
    public void most(Supplier<Integer> decision) {
      most = decision;
    }
  }

  SimulatedConsumer(SimulatedGroup group, SimulatedGroup.Member member) {
    super("earliest");
    this.group = group;
    this.member = member;
  }

  /** What goes wrong with this consumer. */
  public Faults faults() {
    return faults;
  }

  private <T> T used(Supplier<T> call) {
    Thread me = Thread.currentThread();
    Thread before = user.compareAndExchange(null, me);
    if (before != null && before != me) {
      throw new ConcurrentModificationException("In use by " + before.getName());
    }
    try {
      if (closed()) {
        throw new IllegalStateException("This consumer has already been closed.");
      }
      return call.get();
    } finally {
      if (before == null) {
        user.set(null);
      }
    }
  }

  private void used(Runnable call) {
    used(
        () -> {
          call.run();
          return true;
        });
  }

  @Override
  public void subscribe(Collection<String> names, ConsumerRebalanceListener callback) {
    Set<String> wanted = Set.copyOf(names);
    topics = wanted::contains;
    listener = callback;
  }

  @Override
  public void subscribe(Pattern pattern, ConsumerRebalanceListener callback) {
    topics = pattern.asMatchPredicate();
    listener = callback;
  }

  @Override
  public Set<TopicPartition> assignment() {
    return used(() -> Set.copyOf(positions.keySet()));
  }

  @Override
  public Set<TopicPartition> paused() {
    return used(() -> Set.copyOf(paused));
  }

  @Override
  public void pause(Collection<TopicPartition> partitions) {
    used(
        () -> {
          partitions.forEach(this::position);
          paused.addAll(partitions);
        });
  }

  @Override
  public void resume(Collection<TopicPartition> partitions) {
    used(
        () -> {
          partitions.forEach(this::position);
          paused.removeAll(partitions);
        });
  }

  @Override
  public void seek(TopicPartition partition, long offset) {
    used(
        () -> {
          position(partition);
          positions.put(partition, offset);
        });
  }

  @Override
  public long position(TopicPartition partition) {
    return used(
        () -> {
          Long position = positions.get(partition);
          if (position == null) {
            throw new IllegalStateException("No current assignment for partition " + partition);
          }
          return position;
        });
  }

  @Override
  public OptionalLong currentLag(TopicPartition partition) {
    return used(() -> OptionalLong.of(group.endOf(partition) - position(partition)));
  }

  @Override
  public Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> partitions) {
    Map<TopicPartition, OffsetAndMetadata> found = new HashMap<>();
    group
        .committed()
        .forEach((partition, offset) -> found.put(partition, new OffsetAndMetadata(offset)));
    found.keySet().retainAll(partitions);
    return found;
  }

  @Override
  public void wakeup() {
    woken.set(true);
  }

  @Override
  public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
    return used(
        () -> {
          ConsumerRecords<byte[], byte[]> polled = pollNow();
          if (polled.isEmpty()) {
            wakeable();
            faults.waits.accept(timeout);
          }
          return polled;
        });
  }

  private void wakeable() {
    if (woken.getAndSet(false)) {
      throw new WakeupException();
    }
  }

  private ConsumerRecords<byte[], byte[]> pollNow() {
    wakeable();
    if (!group.touch(member)) {
      rejoin();
    }
    if (group.mustJoin(member)) {
      join();
    }
    if (group.mustSync(member)) {
      sync(group.sync(member));
    }
    while (!answers.isEmpty() && !faults.answerWaits.get()) {
      answers.remove().run();
    }
    return fetch();
  }

  /** Expelled, or new. */
  private void rejoin() {
    if (!positions.isEmpty()) {
      listener.onPartitionsLost(assignment());
      drop(assignment());
    }
    group.join(member, topics);
  }

  private void join() {
    if (group.protocol() == SimulatedGroup.Protocol.EAGER && !positions.isEmpty()) {
      listener.onPartitionsRevoked(assignment());
      drop(assignment());
    }
    group.joined(member, positions.keySet());
  }

  private void sync(Set<TopicPartition> target) {
    Set<TopicPartition> away = new HashSet<>(positions.keySet());
    away.removeAll(target);
    if (!away.isEmpty()) {
      listener.onPartitionsRevoked(away);
      drop(away);
      group.rebalance();
    }
    Set<TopicPartition> added = new HashSet<>(target);
    added.removeAll(positions.keySet());
    added.forEach(partition -> positions.put(partition, group.startOf(partition)));
    listener.onPartitionsAssigned(added);
  }

  private void drop(Set<TopicPartition> partitions) {
    positions.keySet().removeAll(partitions);
    paused.removeAll(partitions);
  }

  private ConsumerRecords<byte[], byte[]> fetch() {
    Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> fetched = new HashMap<>();
    for (TopicPartition partition : assignment()) {
      var records =
          paused.contains(partition)
              ? List.<ConsumerRecord<byte[], byte[]>>of()
              : group.read(partition, position(partition), faults.most.get());
      if (!records.isEmpty()) {
        fetched.put(partition, records);
        positions.put(partition, records.getLast().offset() + 1);
      }
    }
    return new ConsumerRecords<>(fetched, Map.of());
  }

  @Override
  public void commitAsync(
      Map<TopicPartition, OffsetAndMetadata> offsets, OffsetCommitCallback callback) {
    used(
        () -> {
          Exception error = commit(offsets);
          answers.add(() -> callback.onComplete(offsets, error));
        });
  }

  private Exception commit(Map<TopicPartition, OffsetAndMetadata> offsets) {
    if (faults.commitFails.get()) {
      return new KafkaException("The simulation wants this commit to fail");
    }
    return group.commit(member, offsets) ? null : new CommitFailedException();
  }

  @Override
  public void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
    used(
        () -> {
          wakeable();
          answers.forEach(Runnable::run);
          answers.clear();
          if (commit(offsets) instanceof KafkaException error) {
            throw error;
          }
        });
  }

  @Override
  public void close(CloseOptions options) {
    if (closed()) {
      return;
    }
    used(
        () -> {
          if (!positions.isEmpty()) {
            listener.onPartitionsRevoked(assignment());
            drop(assignment());
          }
          group.leave(member);
          super.close(options);
        });
  }
}

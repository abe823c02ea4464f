package dev.millrace.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * A broker with one consumer group, in memory and in the time it is given: topics, committed
 * offsets, members and their rebalances. What outlives a killed consumer is here. Its consumers
 * pass the same contract test as Kafka's own. Thread-safe, as a broker is.
 */
public final class SimulatedGroup {
  private final LongSupplier clockMs;
  private final Protocol protocol;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> log =
      new TreeMap<>(SimulatedGroup::compare);
  private final Map<TopicPartition, Long> committed = new HashMap<>();
  private final List<Member> members = new ArrayList<>();
  private Set<TopicPartition> shared = Set.of();
  private boolean preparing;
  private final AtomicInteger generation = new AtomicInteger();

  /** How partitions change hands. */
  public enum Protocol {
    /** Everybody gives all partitions up at each rebalance. */
    EAGER,
    /** Only what moves is given up, and moves one rebalance later. */
    COOPERATIVE
  }

  /** One consumer's place. Guarded by the group's lock. */
  static final class Member {
    private final Duration maxPollInterval;
    private Predicate<String> topics = topic -> false;
    private Set<TopicPartition> owned = Set.of();
    private Set<TopicPartition> target = Set.of();
    private boolean joined;
    private boolean synced;
    private long polledMs;

    Member(Duration maxPollInterval) {
      this.maxPollInterval = maxPollInterval;
    }
  }

  /**
   * An empty group.
   *
   * @param clockMs the time; members that do not poll for long are expelled by it
   */
  public SimulatedGroup(LongSupplier clockMs, Protocol protocol) {
    this.clockMs = clockMs;
    this.protocol = protocol;
  }

  private static int compare(TopicPartition a, TopicPartition b) {
    int topics = a.topic().compareTo(b.topic());
    return topics != 0 ? topics : Integer.compare(a.partition(), b.partition());
  }

  /** How partitions change hands here. */
  public Protocol protocol() {
    return protocol;
  }

  /** A consumer that will be a member; it belongs to one thread at a time. */
  public SimulatedConsumer consumer(Duration maxPollInterval) {
    return new SimulatedConsumer(this, new Member(maxPollInterval));
  }

  /** Creates a topic. */
  public void create(String topic, int partitions) {
    locked(
        () -> {
          for (int p = 0; p < partitions; p++) {
            log.putIfAbsent(new TopicPartition(topic, p), new ArrayList<>());
          }
        });
  }

  /** Appends a record; its offset is the next one of its partition, whatever it says. */
  public void append(ConsumerRecord<byte[], byte[]> record) {
    locked(
        () -> {
          var records = log.get(new TopicPartition(record.topic(), record.partition()));
          records.add(
              new ConsumerRecord<>(
                  record.topic(),
                  record.partition(),
                  records.size(),
                  record.timestamp(),
                  record.timestampType(),
                  ConsumerRecord.NULL_SIZE,
                  ConsumerRecord.NULL_SIZE,
                  record.key(),
                  record.value(),
                  record.headers(),
                  record.leaderEpoch()));
        });
  }

  /** The committed offsets. */
  public Map<TopicPartition, Long> committed() {
    lock.lock();
    try {
      return Map.copyOf(committed);
    } finally {
      lock.unlock();
    }
  }

  /** How often partitions have been given out. */
  public int generation() {
    return generation.get();
  }

  /** Has all members join again. */
  public void rebalance() {
    locked(this::prepare);
  }

  /** Throws every member out, as if none had been heard of for long. */
  public void expelAll() {
    locked(
        () -> {
          members.clear();
          prepare();
        });
  }

  private void locked(Runnable action) {
    lock.lock();
    try {
      action.run();
    } finally {
      lock.unlock();
    }
  }

  private void prepare() {
    preparing = true;
    members.forEach(
        member -> {
          member.joined = false;
          member.synced = true;
        });
  }

  /** A member polls; whether it is still, or already, in the group. */
  boolean touch(Member member) {
    lock.lock();
    try {
      long now = clockMs.getAsLong();
      boolean left =
          members.removeIf(each -> now - each.polledMs > each.maxPollInterval.toMillis());
      member.polledMs = now;
      if (left || !partitions().equals(shared)) {
        prepare();
      }
      return members.contains(member);
    } finally {
      lock.unlock();
    }
  }

  void join(Member member, Predicate<String> topics) {
    locked(
        () -> {
          member.topics = topics;
          members.add(member);
          prepare();
        });
  }

  void leave(Member member) {
    locked(
        () -> {
          if (members.remove(member)) {
            prepare();
          }
        });
  }

  /** Whether this member has to join a rebalance. */
  boolean mustJoin(Member member) {
    return preparing && !member.joined;
  }

  /** The member joins, still owning these; when all have, partitions are given out. */
  void joined(Member member, Set<TopicPartition> owned) {
    locked(
        () -> {
          member.joined = true;
          member.owned = Set.copyOf(owned);
          if (members.stream().allMatch(each -> each.joined)) {
            giveOut();
          }
        });
  }

  private void giveOut() {
    preparing = false;
    generation.incrementAndGet();
    shared = partitions();
    Map<Member, Set<TopicPartition>> targets = new HashMap<>();
    members.forEach(member -> targets.put(member, new HashSet<>()));
    int most = (shared.size() + members.size() - 1) / members.size();
    Set<TopicPartition> free = keep(targets, most);
    for (TopicPartition partition : log.keySet()) {
      if (free.contains(partition)) {
        idlest(targets, partition).add(partition);
      }
    }
    members.forEach(
        member -> {
          member.target = Set.copyOf(targets.get(member));
          member.synced = false;
        });
  }

  /** Lets members keep what they own up to a share; what nobody owns is free. */
  private Set<TopicPartition> keep(Map<Member, Set<TopicPartition>> targets, int most) {
    Set<TopicPartition> free = new HashSet<>(shared);
    for (Member member : members) {
      free.removeAll(member.owned);
      member.owned.stream()
          .sorted(SimulatedGroup::compare)
          .limit(most)
          .forEach(targets.get(member)::add);
    }
    return free;
  }

  private Set<TopicPartition> idlest(
      Map<Member, Set<TopicPartition>> targets, TopicPartition partition) {
    Member best = null;
    for (Member member : members) {
      boolean wants = member.topics.test(partition.topic());
      if (wants && (best == null || targets.get(member).size() < targets.get(best).size())) {
        best = member;
      }
    }
    return best == null ? new HashSet<>() : targets.get(best);
  }

  private Set<TopicPartition> partitions() {
    Set<TopicPartition> wanted = new HashSet<>();
    for (TopicPartition partition : log.keySet()) {
      if (members.stream().anyMatch(member -> member.topics.test(partition.topic()))) {
        wanted.add(partition);
      }
    }
    return wanted;
  }

  /** Whether a new assignment waits for this member. */
  boolean mustSync(Member member) {
    return !preparing && !member.synced && members.contains(member);
  }

  Set<TopicPartition> sync(Member member) {
    lock.lock();
    try {
      member.synced = true;
      return member.target;
    } finally {
      lock.unlock();
    }
  }

  /** Stores offsets; false when the member is not in the group. */
  boolean commit(Member member, Map<TopicPartition, OffsetAndMetadata> offsets) {
    lock.lock();
    try {
      if (!members.contains(member)) {
        return false;
      }
      offsets.forEach((partition, offset) -> committed.put(partition, offset.offset()));
      return true;
    } finally {
      lock.unlock();
    }
  }

  long startOf(TopicPartition partition) {
    lock.lock();
    try {
      return committed.getOrDefault(partition, 0L);
    } finally {
      lock.unlock();
    }
  }

  long endOf(TopicPartition partition) {
    lock.lock();
    try {
      return log.getOrDefault(partition, List.of()).size();
    } finally {
      lock.unlock();
    }
  }

  List<ConsumerRecord<byte[], byte[]>> read(TopicPartition partition, long from, int most) {
    lock.lock();
    try {
      var records = log.getOrDefault(partition, List.of());
      int begin = (int) Math.min(from, records.size());
      return List.copyOf(records.subList(begin, Math.min(records.size(), begin + most)));
    } finally {
      lock.unlock();
    }
  }
}

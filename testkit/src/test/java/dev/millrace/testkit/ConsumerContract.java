package dev.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.testkit.SimulatedGroup.Protocol;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a sink's runner relies on of a consumer. Kafka's own and the simulated one pass the same
 * tests.
 */
abstract class ConsumerContract {
  private static final Duration LONG = Duration.ofMinutes(5);
  static final Duration SHORT = Duration.ofMillis(1_500);

  private final List<Consumer<byte[], byte[]>> opened = new ArrayList<>();

  /** A broker with this one group. */
  interface World {
    void create(String topic, int partitions);

    void send(TopicPartition partition, int count);

    Consumer<byte[], byte[]> consumer(Duration maxPollInterval);

    /** Lets so much time pass without any poll. */
    void pass(Duration time);

    /** Lets real or simulated time pass while others poll; whether there is time left. */
    boolean timeLeft();
  }

  /** A new world; its group has not been used before. */
  abstract World world(Protocol protocol);

  /** Topics differ from test to test when worlds share a broker. */
  abstract String topic(String name);

  @AfterEach
  void closeConsumers() {
    // a member that is joining would wait for the others, which do not poll any more
    opened.forEach(consumer -> consumer.close(CloseOptions.timeout(Duration.ofSeconds(1))));
  }

  private static final class Calls implements ConsumerRebalanceListener {
    private final List<String> calls = new ArrayList<>();

    private void add(String what, Collection<TopicPartition> partitions) {
      Set<Integer> numbers = new TreeSet<>();
      partitions.forEach(partition -> numbers.add(partition.partition()));
      calls.add(what + " " + numbers);
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      add("revoked", partitions);
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      add("assigned", partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      add("lost", partitions);
    }

    private List<String> withoutEmpty() {
      return calls.stream().filter(call -> !call.endsWith("[]")).toList();
    }
  }

  private Consumer<byte[], byte[]> open(World world, String topic, Calls calls, Duration maxPoll) {
    Consumer<byte[], byte[]> consumer = world.consumer(maxPoll);
    opened.add(consumer);
    consumer.subscribe(List.of(topic), calls);
    return consumer;
  }

  private static void await(World world, BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      assertThat(world.timeLeft()).isTrue();
    }
  }

  private static void awaitAssigned(World world, Consumer<byte[], byte[]> consumer, int count) {
    await(
        world,
        () -> {
          var unused = consumer.poll(Duration.ofMillis(50));
          return consumer.assignment().size() == count;
        });
  }

  /** Polls until so many records have come; their offsets. */
  private static List<Long> read(World world, Consumer<byte[], byte[]> consumer, int count) {
    List<Long> offsets = new ArrayList<>();
    await(
        world,
        () -> {
          consumer.poll(Duration.ofMillis(50)).forEach(record -> offsets.add(record.offset()));
          return offsets.size() >= count;
        });
    return offsets;
  }

  private static Map<TopicPartition, OffsetAndMetadata> at(TopicPartition partition, long offset) {
    return Map.of(partition, new OffsetAndMetadata(offset));
  }

  @ParameterizedTest
  @EnumSource
  void assignsWithinPollAndSaysSoBeforeRecordsCome(Protocol protocol) {
    World world = world(protocol);
    String topic = topic("assign" + protocol);
    world.create(topic, 2);
    world.send(new TopicPartition(topic, 0), 3);
    Calls calls = new Calls();
    var consumer = open(world, topic, calls, LONG);
    assertThat(consumer.assignment()).isEmpty();
    assertThat(read(world, consumer, 3)).containsExactly(0L, 1L, 2L);
    assertThat(calls.calls).containsExactly("assigned [0, 1]");
    assertThat(consumer.position(new TopicPartition(topic, 0))).isEqualTo(3);
  }

  @Test
  void pausedPartitionsGiveNothingAndSeekMoves() {
    World world = world(Protocol.EAGER);
    String topic = topic("pause");
    TopicPartition partition = new TopicPartition(topic, 0);
    world.create(topic, 1);
    var consumer = open(world, topic, new Calls(), LONG);
    awaitAssigned(world, consumer, 1);
    consumer.pause(List.of(partition));
    world.send(partition, 3);
    for (int i = 0; i < 5; i++) {
      assertThat(consumer.poll(Duration.ofMillis(50)).isEmpty()).isTrue();
    }
    assertThat(consumer.paused()).containsExactly(partition);
    consumer.resume(List.of(partition));
    assertThat(read(world, consumer, 3)).containsExactly(0L, 1L, 2L);
    assertThat(consumer.currentLag(partition)).hasValue(0);
    consumer.seek(partition, 1);
    assertThat(consumer.currentLag(partition)).hasValue(2);
    assertThat(read(world, consumer, 2)).containsExactly(1L, 2L);
  }

  @Test
  void refusesWhatIsNotAssigned() {
    World world = world(Protocol.EAGER);
    String topic = topic("foreign");
    TopicPartition foreign = new TopicPartition(topic, 7);
    world.create(topic, 1);
    var consumer = open(world, topic, new Calls(), LONG);
    awaitAssigned(world, consumer, 1);
    assertThatThrownBy(() -> consumer.seek(foreign, 0)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> consumer.pause(List.of(foreign)))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> consumer.position(foreign)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void answersCommitsInOrderWithinPollAndKeepsThem() {
    World world = world(Protocol.EAGER);
    String topic = topic("commit");
    TopicPartition partition = new TopicPartition(topic, 0);
    world.create(topic, 1);
    world.send(partition, 5);
    var consumer = open(world, topic, new Calls(), LONG);
    read(world, consumer, 5);
    List<String> answers = new ArrayList<>();
    consumer.commitAsync(at(partition, 1), (offsets, error) -> answers.add("1 " + error));
    consumer.commitAsync(at(partition, 2), (offsets, error) -> answers.add("2 " + error));
    assertThat(answers).isEmpty();
    await(
        world,
        () -> {
          var unused = consumer.poll(Duration.ofMillis(50));
          return answers.size() == 2;
        });
    assertThat(answers).containsExactly("1 null", "2 null");
    consumer.commitSync(at(partition, 4), Duration.ofMinutes(1));
    assertThat(consumer.committed(Set.of(partition)).get(partition).offset()).isEqualTo(4);
    consumer.close();
    var next = open(world, topic, new Calls(), LONG);
    assertThat(read(world, next, 1)).containsExactly(4L);
  }

  @Test
  void aWakeupEndsOnePoll() {
    World world = world(Protocol.EAGER);
    String topic = topic("wakeup");
    world.create(topic, 1);
    var consumer = open(world, topic, new Calls(), LONG);
    awaitAssigned(world, consumer, 1);
    consumer.wakeup();
    assertThatThrownBy(() -> consumer.poll(Duration.ofMinutes(1)))
        .isInstanceOf(WakeupException.class);
    assertThat(consumer.poll(Duration.ofMillis(10)).isEmpty()).isTrue();
  }

  private static void share(
      World world, Consumer<byte[], byte[]> first, Consumer<byte[], byte[]> second) {
    await(
        world,
        () -> {
          var unused = first.poll(Duration.ofMillis(50));
          unused = second.poll(Duration.ofMillis(50));
          return first.assignment().size() == 1 && second.assignment().size() == 1;
        });
  }

  @Test
  void eagerMembersGiveAllUpAndGetTheirShare() {
    World world = world(Protocol.EAGER);
    String topic = topic("eager");
    world.create(topic, 2);
    Calls calls = new Calls();
    var first = open(world, topic, calls, LONG);
    awaitAssigned(world, first, 2);
    share(world, first, open(world, topic, new Calls(), LONG));
    int kept = first.assignment().iterator().next().partition();
    assertThat(calls.withoutEmpty())
        .containsExactly("assigned [0, 1]", "revoked [0, 1]", "assigned [" + kept + "]");
  }

  @Test
  void cooperativeMembersGiveUpOnlyWhatMoves() {
    World world = world(Protocol.COOPERATIVE);
    String topic = topic("cooperative");
    world.create(topic, 2);
    Calls calls = new Calls();
    var first = open(world, topic, calls, LONG);
    awaitAssigned(world, first, 2);
    Calls others = new Calls();
    share(world, first, open(world, topic, others, LONG));
    int kept = first.assignment().iterator().next().partition();
    assertThat(calls.withoutEmpty())
        .containsExactly("assigned [0, 1]", "revoked [" + (1 - kept) + "]");
    assertThat(others.withoutEmpty()).containsExactly("assigned [" + (1 - kept) + "]");
  }

  @Test
  void closingRevokes() {
    World world = world(Protocol.COOPERATIVE);
    String topic = topic("closing");
    world.create(topic, 1);
    Calls calls = new Calls();
    var consumer = open(world, topic, calls, LONG);
    awaitAssigned(world, consumer, 1);
    consumer.close();
    assertThat(calls.withoutEmpty()).containsExactly("assigned [0]", "revoked [0]");
    assertThatThrownBy(() -> consumer.poll(Duration.ZERO))
        .isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @EnumSource
  void whoDoesNotPollForLongLosesHisPartitions(Protocol protocol) {
    World world = world(protocol);
    String topic = topic("expel" + protocol);
    TopicPartition partition = new TopicPartition(topic, 0);
    world.create(topic, 1);
    world.send(partition, 2);
    Calls calls = new Calls();
    var consumer = open(world, topic, calls, SHORT);
    read(world, consumer, 2);
    Calls others = new Calls();
    var other = open(world, topic, others, LONG);
    world.pass(SHORT.multipliedBy(2));
    awaitAssigned(world, other, 1);
    assertThatThrownBy(() -> consumer.commitSync(at(partition, 2), Duration.ofMinutes(1)))
        .isInstanceOf(CommitFailedException.class);
    assertThat(consumer.assignment()).containsExactly(partition);
    await(
        world,
        () -> {
          var unused = other.poll(Duration.ofMillis(50));
          unused = consumer.poll(Duration.ofMillis(50));
          return calls.calls.contains("lost [0]");
        });
    assertThat(calls.withoutEmpty()).startsWith("assigned [0]", "lost [0]");
  }

  @Test
  void aPatternTakesTopicsThatComeLater() {
    World world = world(Protocol.COOPERATIVE);
    String first = topic("pattern-1");
    String second = topic("pattern-2");
    world.create(first, 1);
    Consumer<byte[], byte[]> consumer = world.consumer(LONG);
    opened.add(consumer);
    String prefix = first.substring(0, first.length() - 1);
    consumer.subscribe(Pattern.compile(Pattern.quote(prefix) + ".*"), new Calls());
    awaitAssigned(world, consumer, 1);
    world.create(second, 1);
    awaitAssigned(world, consumer, 2);
  }
}

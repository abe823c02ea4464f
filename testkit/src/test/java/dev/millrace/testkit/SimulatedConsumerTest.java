package dev.millrace.testkit;

import dev.millrace.testkit.SimulatedGroup.Protocol;
import java.time.Duration;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** The simulated consumer passes the contract. */
class SimulatedConsumerTest extends ConsumerContract {
  private static final int MOST_POLLS = 10_000;

  @Override
  World world(Protocol protocol) {
    return new Simulated(protocol);
  }

  @Override
  String topic(String name) {
    return name;
  }

  private static final class Simulated implements World {
    private long nowMs = 1_000;
    private int polls;
    private final SimulatedGroup group;

    private Simulated(Protocol protocol) {
      group = new SimulatedGroup(() -> nowMs, protocol);
    }

    @Override
    public void create(String topic, int partitions) {
      group.create(topic, partitions);
    }

    @Override
    public void send(TopicPartition partition, int count) {
      for (int i = 0; i < count; i++) {
        group.append(
            new ConsumerRecord<>(
                partition.topic(), partition.partition(), 0, null, new byte[] {1}));
      }
    }

    @Override
    public Consumer<byte[], byte[]> consumer(Duration maxPollInterval) {
      return group.consumer(maxPollInterval);
    }

    @Override
    public void pass(Duration time) {
      nowMs += time.toMillis();
    }

    @Override
    public boolean timeLeft() {
      nowMs += 10;
      return polls++ < MOST_POLLS;
    }
  }
}

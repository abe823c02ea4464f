package dev.millrace.engine.sink;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;

/**
 * What becomes of polled records: they are converted at once; or, when there is a backlog and the
 * task takes its time, ahead, while the batch before is put and the next one is polled (decision
 * 0121). Owned by the work's thread, which has the consumer.
 */
final class Intake {
  /** Of a batch that another is held behind, as bytes and as data. */
  private static final long MOST_BYTES = 8L << 20;

  private final SinkSetup setup;
  private final Consumer<byte[], byte[]> consumer;
  private final Pauses pauses;
  private final Batch batch;
  private final Ahead ahead;
  private final SinkDelivery delivery;
  private boolean worthwhile;

  Intake(
      SinkSetup setup,
      Consumer<byte[], byte[]> consumer,
      Pauses pauses,
      Batch batch,
      Ahead ahead,
      SinkDelivery delivery) {
    this.setup = setup;
    this.consumer = consumer;
    this.pauses = pauses;
    this.batch = batch;
    this.ahead = ahead;
    this.delivery = delivery;
  }

  /** Whether the next put can be had without another poll. */
  boolean ready() {
    return ahead.present() && batch.isEmpty();
  }

  /** Whether, by the last poll, it pays to poll for one more batch before the next put. */
  boolean worthwhile() {
    return worthwhile;
  }

  /** This was polled. */
  void polled(ConsumerRecords<byte[], byte[]> polled) {
    if (!polled.isEmpty()) {
      worthwhile = slow() && !pauses.any() && backlog(polled);
    }
  }

  /** Whether this is converted ahead from now on, so that one more poll comes before the put. */
  boolean begins(ConsumerRecords<byte[], byte[]> polled) {
    if (polled.isEmpty() || !worthwhile || ahead.present() || !batch.isEmpty()) {
      return false;
    }
    ahead.begin(polled);
    return true;
  }

  private boolean slow() {
    return delivery.latelyNanos() >= setup.input().overlap().worthwhile().toNanos();
  }

  /** Whether as much again is waiting; else it would only come later by being one batch behind. */
  private boolean backlog(ConsumerRecords<byte[], byte[]> polled) {
    long waiting = 0;
    for (TopicPartition partition : polled.partitions()) {
      waiting += consumer.currentLag(partition).orElse(0);
      if (waiting >= polled.count()) {
        return delivery.bytes() <= MOST_BYTES;
      }
    }
    return false;
  }

  /** Makes what is to be put next the batch; what was polled behind it goes ahead. */
  void take(ConsumerRecords<byte[], byte[]> polled) throws Exception {
    if (!ahead.present()) {
      delivery.convert(polled);
    } else if (!batch.isEmpty()) {
      seek(firstOffsets(polled)); // all is paused; if anything came, it is read again
    } else {
      takeAhead(polled);
    }
  }

  private void takeAhead(ConsumerRecords<byte[], byte[]> polled) throws Exception {
    seek(ahead.giveBack(pauses::holds));
    if (ahead.present()) {
      delivery.take(ahead);
    }
    if (!polled.isEmpty()) {
      ahead.begin(polled);
    }
  }

  private void seek(Map<TopicPartition, Long> positions) {
    positions.forEach(consumer::seek);
  }

  private static Map<TopicPartition, Long> firstOffsets(ConsumerRecords<byte[], byte[]> polled) {
    Map<TopicPartition, Long> positions = new HashMap<>();
    for (TopicPartition partition : polled.partitions()) {
      positions.put(partition, polled.records(partition).getFirst().offset());
    }
    return positions;
  }

  /** Whether no batch waits to be put again. */
  boolean holdsNoBatch() {
    return batch.isEmpty();
  }

  /** These partitions are taken away: their records belong to others, or are read again. */
  void remove(Collection<TopicPartition> partitions) {
    batch.remove(partitions);
    ahead.drop(partitions);
  }

  /** Reading goes on elsewhere in these partitions. */
  void moved(Set<TopicPartition> partitions) {
    ahead.drop(partitions);
  }

  /** The task is at its end: what is ahead is never put. */
  void over() {
    ahead.drop();
  }

  /** All that is not yet put will be read again. */
  void forget() {
    delivery.forgetBatch();
    ahead.drop();
  }
}

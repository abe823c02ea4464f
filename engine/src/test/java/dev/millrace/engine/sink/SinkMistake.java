package dev.millrace.engine.sink;

import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * What a wrong runner would do, made at its border to the consumer: the simulation has to notice.
 */
enum SinkMistake {
  NONE,
  COMMITS_BEYOND,
  DOES_NOT_GO_BACK,
  PUTS_IN_ANOTHER_ORDER;

  /** Whether this call of the consumer is left out. */
  boolean leavesOut(Method method) {
    return this == DOES_NOT_GO_BACK && method.getName().equals("seek");
  }

  /** What the consumer is called with instead. */
  @SuppressWarnings("unchecked") // what the method is declared with
  Object[] arguments(Method method, Object[] given) {
    if (this != COMMITS_BEYOND || !method.getName().startsWith("commit")) {
      return given;
    }
    Map<TopicPartition, OffsetAndMetadata> beyond =
        new HashMap<>((Map<TopicPartition, OffsetAndMetadata>) given[0]);
    beyond.replaceAll((partition, offset) -> new OffsetAndMetadata(offset.offset() + 1));
    Object[] changed = given.clone();
    changed[0] = beyond;
    return changed;
  }

  /** What the runner sees of the answer. */
  @SuppressWarnings("unchecked") // what poll is declared with
  Object answer(Object given) {
    if (this != PUTS_IN_ANOTHER_ORDER || !(given instanceof ConsumerRecords<?, ?>)) {
      return given;
    }
    ConsumerRecords<byte[], byte[]> polled = (ConsumerRecords<byte[], byte[]>) given;
    Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> turned = new HashMap<>();
    polled.partitions().forEach(p -> turned.put(p, polled.records(p).reversed()));
    return new ConsumerRecords<>(turned, polled.nextOffsets());
  }
}

package dev.millrace.kafka;

import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/**
 * Where partitions end. Asked by a connection of its own: a broker answers the requests of one
 * after the other, and on a consumer's a wait for new records is in front. Thread-safe.
 *
 * @param admin a client it does not close
 * @param isolation whether the end is before the first transaction that is open
 */
record TopicEnds(Admin admin, IsolationLevel isolation) {

  /**
   * Their ends now.
   *
   * @throws org.apache.kafka.common.KafkaException Kafka's own, such as a timeout
   */
  Map<TopicPartition, Long> of(Set<TopicPartition> partitions, long deadlineNanos) {
    Map<TopicPartition, OffsetSpec> wanted =
        partitions.stream()
            .collect(Collectors.toMap(Function.identity(), p -> OffsetSpec.latest()));
    var asked = admin.listOffsets(wanted, new ListOffsetsOptions(isolation)).all();
    return Topics.await(asked, deadlineNanos).entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, end -> end.getValue().offset()));
  }
}

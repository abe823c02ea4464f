package dev.millrace.engine.source;

import dev.millrace.engine.PartitionKey;
import java.util.Map;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Where in its source a record came from, as the plugin said.
 *
 * @param partition source partition; may be null
 * @param offset source offset; may be null
 */
record Position(Map<String, ?> partition, Map<String, ?> offset) {
  static Position of(SourceRecord record) {
    return new Position(record.sourcePartition(), record.sourceOffset());
  }

  /** The partition's key; the given one, of another record, if it is the same. */
  PartitionKey key(PartitionKey latest) {
    return latest.orOf(partition);
  }
}

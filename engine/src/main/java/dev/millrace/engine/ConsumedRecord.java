package dev.millrace.engine;

import dev.millrace.engine.RecordPipeline.Decoded;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * A sink record that remembers the consumed bytes it was made of, whatever transformations have
 * made of it. As with all sink records, only one of its own class is equal to it.
 */
public final class ConsumedRecord extends SinkRecord {
  private final ConsumerRecord<byte[], byte[]> origin;

  ConsumedRecord(ConsumerRecord<byte[], byte[]> origin, Decoded data) {
    super(
        origin.topic(),
        origin.partition(),
        data.key().schema(),
        data.key().value(),
        data.value().schema(),
        data.value().value(),
        origin.offset(),
        SourcePipeline.Timestamps.checked(origin.timestamp()),
        origin.timestampType(),
        data.headers());
    this.origin = origin;
  }

  /** What a transformation has made by other means than a copy. */
  private ConsumedRecord(ConsumerRecord<byte[], byte[]> origin, SinkRecord made) {
    super(
        made.topic(),
        made.kafkaPartition(),
        made.keySchema(),
        made.key(),
        made.valueSchema(),
        made.value(),
        made.kafkaOffset(),
        made.timestamp(),
        made.timestampType(),
        made.headers(),
        made.originalTopic(),
        made.originalKafkaPartition(),
        made.originalKafkaOffset());
    this.origin = origin;
  }

  /** The record that has become of these bytes, whoever made it. */
  static ConsumedRecord of(ConsumerRecord<byte[], byte[]> origin, SinkRecord record) {
    return record instanceof ConsumedRecord known && known.origin == origin
        ? known
        : new ConsumedRecord(origin, record);
  }

  /** A copy of a record with other content; where it came from stays. */
  private ConsumedRecord(
      ConsumedRecord from,
      String topic,
      Integer kafkaPartition,
      SchemaAndValue key,
      SchemaAndValue value,
      Long timestamp,
      Iterable<Header> headers) {
    super(
        topic,
        kafkaPartition,
        key.schema(),
        key.value(),
        value.schema(),
        value.value(),
        from.kafkaOffset(),
        timestamp,
        from.timestampType(),
        headers,
        from.originalTopic(),
        from.originalKafkaPartition(),
        from.originalKafkaOffset());
    this.origin = from.origin;
  }

  /** The record as it was consumed. */
  public ConsumerRecord<byte[], byte[]> origin() {
    return origin;
  }

  @Override
  public SinkRecord newRecord(
      String topic,
      Integer kafkaPartition,
      Schema keySchema,
      Object key,
      Schema valueSchema,
      Object value,
      Long timestamp) {
    return newRecord(
        topic,
        kafkaPartition,
        keySchema,
        key,
        valueSchema,
        value,
        timestamp,
        headers().duplicate());
  }

  @Override
  public SinkRecord newRecord(
      String topic,
      Integer kafkaPartition,
      Schema keySchema,
      Object key,
      Schema valueSchema,
      Object value,
      Long timestamp,
      Iterable<Header> headers) {
    return new ConsumedRecord(
        this,
        topic,
        kafkaPartition,
        new SchemaAndValue(keySchema, key),
        new SchemaAndValue(valueSchema, value),
        timestamp,
        headers);
  }
}

package dev.millrace.engine;

import dev.millrace.engine.RecordPipeline.Decoded;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * A sink record that remembers the consumed bytes it was made of, also through the copies that
 * transformations make; equal to a plain sink record of the same content.
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

  private ConsumedRecord(ConsumerRecord<byte[], byte[]> origin, SinkRecord copy) {
    super(
        copy.topic(),
        copy.kafkaPartition(),
        copy.keySchema(),
        copy.key(),
        copy.valueSchema(),
        copy.value(),
        copy.kafkaOffset(),
        copy.timestamp(),
        copy.timestampType(),
        copy.headers(),
        copy.originalTopic(),
        copy.originalKafkaPartition(),
        copy.originalKafkaOffset());
    this.origin = origin;
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
        origin,
        super.newRecord(
            topic, kafkaPartition, keySchema, key, valueSchema, value, timestamp, headers));
  }
}

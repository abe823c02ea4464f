package dev.millrace.engine;

import dev.millrace.engine.RecordPipeline.Decoded;
import dev.millrace.engine.RecordPipeline.Encoded;
import dev.millrace.engine.RecordPipeline.StageFailure;
import java.util.Arrays;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkRecord;

/** The pipeline in the direction of a sink: key, value, headers, then transformations. */
public final class SinkPipeline {
  private SinkPipeline() {}

  /**
   * What becomes of a consumed record; a record that passed knows where it came from. The thread is
   * left with the context loader of one of the plugins.
   */
  public static Outcome<SinkRecord> apply(
      RecordPipeline<SinkRecord> pipeline,
      ConsumerRecord<byte[], byte[]> consumed,
      Attempts attempts) {
    try {
      Encoded bytes = new Encoded(consumed.headers(), consumed.key(), consumed.value());
      Decoded data = pipeline.decode(consumed.topic(), bytes, attempts);
      SinkRecord record = pipeline.transform(new ConsumedRecord(consumed, data), attempts);
      return record == null
          ? new Outcome.Filtered<>()
          : new Outcome.Passed<>(ConsumedRecord.of(consumed, record));
    } catch (StageFailure e) {
      return e.outcome();
    }
  }

  /** By which a record gets its lane: its key's bytes, or its partition if it has none. */
  public static int laneHash(ConsumerRecord<byte[], byte[]> consumed) {
    return consumed.key() == null
        ? 31 * consumed.topic().hashCode() + consumed.partition()
        : Arrays.hashCode(consumed.key());
  }

  /**
   * The bytes of a record that did not come from Kafka; throws ConnectException when they cannot be
   * made.
   */
  public static ConsumerRecord<byte[], byte[]> serialize(
      RecordPipeline<SinkRecord> pipeline, SinkRecord record) {
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    try {
      Encoded bytes = pipeline.encode(record, Attempts.ONCE);
      return new ConsumerRecord<>(
          record.topic(),
          record.kafkaPartition(),
          record.kafkaOffset(),
          record.timestamp() == null ? ConsumerRecord.NO_TIMESTAMP : record.timestamp(),
          record.timestampType(),
          ConsumerRecord.NULL_SIZE,
          ConsumerRecord.NULL_SIZE,
          bytes.key(),
          bytes.value(),
          bytes.headers(),
          Optional.empty());
    } catch (StageFailure e) {
      throw new ConnectException(
          "Could not serialize a reported record of topic '" + record.topic() + "'", e.getCause());
    } finally {
      Loaders.leave(before);
    }
  }
}

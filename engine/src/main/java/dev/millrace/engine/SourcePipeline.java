package dev.millrace.engine;

import dev.millrace.engine.RecordPipeline.Encoded;
import dev.millrace.engine.RecordPipeline.StageFailure;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;

/** The pipeline in the direction of a source: transformations, then headers, key, value. */
public final class SourcePipeline {
  private SourcePipeline() {}

  /**
   * What becomes of a polled record. Throws a ConnectException, which no tolerance covers, when its
   * timestamp is negative and not -1 (compat: semantics §4).
   */
  public static Outcome<ProducerRecord<byte[], byte[]>> apply(
      RecordPipeline<SourceRecord> pipeline, SourceRecord polled, Attempts attempts) {
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    try {
      SourceRecord record = pipeline.transform(polled, attempts);
      if (record == null) {
        return new Outcome.Filtered<>();
      }
      return new Outcome.Passed<>(producerRecord(record, pipeline.encode(record, attempts)));
    } catch (StageFailure e) {
      return e.outcome();
    } finally {
      Loaders.leave(before);
    }
  }

  /** By which a record gets its lane: its key's, or its source partition's if it has none. */
  public static int laneHash(SourceRecord polled) {
    return KeyHash.of(polled.key() == null ? polled.sourcePartition() : polled.key());
  }

  private static ProducerRecord<byte[], byte[]> producerRecord(SourceRecord record, Encoded bytes) {
    return new ProducerRecord<>(
        record.topic(),
        record.kafkaPartition(),
        Timestamps.checked(record.timestamp()),
        bytes.key(),
        bytes.value(),
        bytes.headers().toArray().length == 0 ? null : bytes.headers()); // it would copy none
  }

  /** The rule for timestamps, of both directions. */
  static final class Timestamps {
    private Timestamps() {}

    static Long checked(Long timestamp) {
      if (timestamp == null || timestamp == ConsumerRecord.NO_TIMESTAMP) {
        return null;
      }
      if (timestamp < 0) {
        throw new ConnectException(
            "Invalid record timestamp "
                + timestamp
                + ": it must be -1 for none, or not negative; the plugin that set it must be"
                + " mended");
      }
      return timestamp;
    }
  }
}

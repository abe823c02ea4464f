package dev.millrace.engine;

import dev.millrace.model.errors.Stage;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * One record that was given up.
 *
 * @param task whose record it was
 * @param stage where it failed
 * @param executing the class that was executing
 * @param error the original error
 * @param origin the record
 */
public record ErrorReport(
    TaskName task, Stage stage, Class<?> executing, Throwable error, Origin origin) {
  /** The record as it came in. */
  public sealed interface Origin {}

  /**
   * Polled by a source task.
   *
   * @param record as polled
   */
  public record Polled(SourceRecord record) implements Origin {}

  /**
   * Polled by a source task and made into Kafka's bytes, which could not be written.
   *
   * @param record as polled
   * @param made what was to be written
   */
  public record Unwritten(SourceRecord record, ProducerRecord<byte[], byte[]> made)
      implements Origin {}

  /**
   * Consumed by a sink task.
   *
   * @param record the bytes as consumed
   */
  public record Consumed(ConsumerRecord<byte[], byte[]> record) implements Origin {}
}

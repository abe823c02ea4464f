package dev.millrace.engine;

import dev.millrace.engine.RecordPipeline.Decoded;
import dev.millrace.engine.RecordPipeline.Encoded;
import dev.millrace.engine.RecordPipeline.StageFailure;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.connect.sink.SinkRecord;

/** The pipeline in the direction of a sink: key, value, headers, then transformations. */
public final class SinkPipeline {
  private SinkPipeline() {}

  /** What becomes of a consumed record; a record that passed knows where it came from. */
  public static Outcome<SinkRecord> apply(
      RecordPipeline<SinkRecord> pipeline,
      ConsumerRecord<byte[], byte[]> consumed,
      Attempts attempts) {
    try {
      Encoded bytes = new Encoded(consumed.headers(), consumed.key(), consumed.value());
      Decoded data = pipeline.decode(consumed.topic(), bytes, attempts);
      SinkRecord record = pipeline.transform(new ConsumedRecord(consumed, data), attempts);
      return record == null ? new Outcome.Filtered<>() : new Outcome.Passed<>(record);
    } catch (StageFailure e) {
      return e.outcome();
    }
  }
}

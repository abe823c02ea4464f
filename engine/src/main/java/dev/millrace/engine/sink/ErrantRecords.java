package dev.millrace.engine.sink;

import dev.millrace.engine.ConsumedRecord;
import dev.millrace.engine.ErrorReport;
import dev.millrace.engine.RecordErrors;
import dev.millrace.engine.RecordPipeline;
import dev.millrace.engine.SinkPipeline;
import dev.millrace.engine.TaskName;
import dev.millrace.model.errors.Stage;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;

/**
 * Takes the records a sink task itself reports as errant (KIP-610; compat: semantics §7).
 * Thread-safe.
 */
final class ErrantRecords implements ErrantRecordReporter {
  private final TaskName name;
  private final RecordErrors errors;
  private final RecordPipeline<SinkRecord> pipeline;
  private final OutstandingReports reports;

  ErrantRecords(
      TaskName name,
      RecordErrors errors,
      RecordPipeline<SinkRecord> pipeline,
      OutstandingReports reports) {
    this.name = name;
    this.errors = errors;
    this.pipeline = pipeline;
    this.reports = reports;
  }

  @Override
  public Future<Void> report(SinkRecord record, Throwable error) {
    ConsumerRecord<byte[], byte[]> origin = origin(record);
    errors.countFailure();
    return reports.track(
        new TopicPartition(origin.topic(), origin.partition()),
        errors.giveUp(
            new ErrorReport(
                name, Stage.TASK_PUT, SinkTask.class, error, new ErrorReport.Consumed(origin))));
  }

  private ConsumerRecord<byte[], byte[]> origin(SinkRecord record) {
    return record instanceof ConsumedRecord consumed
        ? consumed.origin()
        : SinkPipeline.serialize(pipeline, record);
  }
}

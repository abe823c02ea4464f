package dev.millrace.engine.sink;

import dev.millrace.engine.ConsumedRecord;
import dev.millrace.engine.ErrorReport;
import dev.millrace.engine.Outcome;
import dev.millrace.engine.RecordErrors;
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
  private final Conversion conversion;
  private final OutstandingReports reports;

  ErrantRecords(
      TaskName name, RecordErrors errors, Conversion conversion, OutstandingReports reports) {
    this.name = name;
    this.errors = errors;
    this.conversion = conversion;
    this.reports = reports;
  }

  @Override
  public Future<Void> report(SinkRecord record, Throwable error) {
    errors.countFailure();
    return giveUp(Stage.TASK_PUT, SinkTask.class, error, origin(record));
  }

  /** Gives up a consumed record that did not pass the pipeline; otherwise as {@link #report}. */
  Future<Void> giveUp(Outcome.Failed<SinkRecord> failed, ConsumerRecord<byte[], byte[]> origin) {
    return giveUp(failed.stage(), failed.executing(), failed.error(), origin);
  }

  /**
   * Returns when the policy is to skip the record; the offsets of its partition are committed only
   * once the reports are done. Throws the ConnectException that fails the task otherwise.
   */
  private Future<Void> giveUp(
      Stage stage, Class<?> executing, Throwable error, ConsumerRecord<byte[], byte[]> origin) {
    return reports.track(
        new TopicPartition(origin.topic(), origin.partition()),
        errors.giveUp(
            new ErrorReport(name, stage, executing, error, new ErrorReport.Consumed(origin))));
  }

  private ConsumerRecord<byte[], byte[]> origin(SinkRecord record) {
    return record instanceof ConsumedRecord consumed
        ? consumed.origin()
        : conversion.serialize(record);
  }
}

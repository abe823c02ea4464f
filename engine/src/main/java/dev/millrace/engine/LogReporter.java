package dev.millrace.engine;

import dev.millrace.model.errors.ErrorSettings;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes given-up records to the log ({@code errors.log.enable}). Thread-safe. */
final class LogReporter implements Reporter {
  private static final Logger LOG = LoggerFactory.getLogger(LogReporter.class);

  private final boolean withRecord;
  private final Environment environment;

  LogReporter(ErrorSettings settings, Environment environment) {
    this.withRecord = settings.logRecords();
    this.environment = environment;
  }

  @Override
  public CompletionStage<Void> report(ErrorReport report) {
    String text = message(report, withRecord) + "\n" + Traces.of(report.error());
    LOG.error("{}", environment.hidden().apply(text));
    environment.counters().add(Count.ERRORS_LOGGED);
    return CompletableFuture.completedFuture(null);
  }

  /** The line, in the form operators know (compat: semantics §7). */
  static String message(ErrorReport report, boolean withRecord) {
    return "Error encountered in task "
        + report.task()
        + ". Executing stage '"
        + report.stage()
        + "' with class '"
        + report.executing().getName()
        + "'"
        + (withRecord ? record(report.origin()) : "")
        + ".";
  }

  private static String record(ErrorReport.Origin origin) {
    return switch (origin) {
      case ErrorReport.Polled polled -> ", where source record is = " + polled.record();
      case ErrorReport.Unwritten unwritten -> ", where source record is = " + unwritten.record();
      case ErrorReport.Consumed consumed -> consumed(consumed.record());
    };
  }

  private static String consumed(ConsumerRecord<byte[], byte[]> record) {
    return ", where consumed record is {topic='"
        + record.topic()
        + "', partition="
        + record.partition()
        + ", offset="
        + record.offset()
        + ", timestamp="
        + record.timestamp()
        + ", timestampType="
        + record.timestampType()
        + "}";
  }

  @Override
  public void close(Duration timeout) {
    // holds nothing
  }
}

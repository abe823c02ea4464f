package dev.millrace.engine;

import dev.millrace.engine.SourceLetter.Size;
import dev.millrace.model.errors.DeadLetterSettings;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes given-up records of a source to its dead letter queue, which Kafka Connect has for sinks
 * only. A report is done when Kafka has its letter, and fails when Kafka refuses it: a record must
 * not vanish from both places. A letter that is too large is written again, shorter. Thread-safe.
 */
final class SourceDeadLetterReporter implements Reporter {
  private static final Logger LOG = LoggerFactory.getLogger(SourceDeadLetterReporter.class);

  private final DeadLetterSettings settings;
  private final OnDemandProducer producer;
  private final Upkeep upkeep;
  private final Environment environment;

  SourceDeadLetterReporter(
      DeadLetterSettings settings,
      OnDemandProducer producer,
      Upkeep upkeep,
      Environment environment) {
    this.settings = settings;
    this.producer = producer;
    this.upkeep = upkeep;
    this.environment = environment;
  }

  @Override
  public CompletionStage<Void> report(ErrorReport report) {
    environment.counters().add(Count.DEAD_LETTERS);
    return switch (report.origin()) {
      case ErrorReport.Polled polled -> written(report, polled.record());
      case ErrorReport.Unwritten unwritten -> written(report, unwritten.record());
      case ErrorReport.Consumed consumed -> CompletableFuture.completedFuture(null);
    };
  }

  private CompletionStage<Void> written(ErrorReport report, SourceRecord polled) {
    CompletableFuture<Void> answer = new CompletableFuture<>();
    send(report, polled, Size.WHOLE, answer);
    return answer;
  }

  private void send(
      ErrorReport report, SourceRecord polled, Size size, CompletableFuture<Void> answer) {
    try {
      producer.send(
          new SourceLetter(settings, environment.hidden()).of(report, polled, size),
          (metadata, error) -> answered(report, polled, size, answer, error));
    } catch (RuntimeException e) {
      answered(report, polled, size, answer, e);
    }
  }

  /** Perhaps on the producer's I/O thread, which must not wait for room in its own buffer. */
  private void answered(
      ErrorReport report,
      SourceRecord polled,
      Size size,
      CompletableFuture<Void> answer,
      Exception error) {
    if (error == null) {
      answer.complete(null);
    } else if (error instanceof RecordTooLargeException && size != Size.BARE) {
      Size smaller = size == Size.WHOLE ? Size.CUT : Size.BARE;
      LOG.warn(
          "{}: a letter is too large for the dead letter queue '{}' and is written shorter",
          report.task(),
          settings.topic());
      upkeep.aside().execute(() -> send(report, polled, smaller, answer));
    } else {
      environment.counters().add(Count.DEAD_LETTER_FAILURES);
      answer.completeExceptionally(refused(report, error));
    }
  }

  private ConnectException refused(ErrorReport report, Exception error) {
    return new ConnectException(
        "Task "
            + report.task()
            + " could not write a failed record to its dead letter queue '"
            + settings.topic()
            + "': "
            + error
            + ". No offset beyond the record is committed; mend the queue and restart the task.",
        error);
  }

  @Override
  public void tick() {
    producer.releaseIfIdle(upkeep);
  }

  @Override
  public void close(Duration timeout) {
    producer.close(timeout);
  }
}

package dev.millrace.engine;

import dev.millrace.model.errors.DeadLetterSettings;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes given-up records of a sink to its dead letter queue. Thread-safe, as its producer. */
final class DeadLetterReporter implements Reporter {
  private static final Logger LOG = LoggerFactory.getLogger(DeadLetterReporter.class);

  private final DeadLetterSettings settings;
  private final OnDemandProducer producer;
  private final Upkeep upkeep;
  private final Environment environment;

  DeadLetterReporter(
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
    if (!(report.origin() instanceof ErrorReport.Consumed origin)) {
      return CompletableFuture.completedFuture(null);
    }
    environment.counters().add(Count.DEAD_LETTERS);
    CompletableFuture<Void> answer = new CompletableFuture<>();
    try {
      producer.send(
          letter(origin.record(), report), (metadata, error) -> answered(report, answer, error));
    } catch (RuntimeException e) {
      answered(report, answer, e);
    }
    return answer;
  }

  private void answered(ErrorReport report, CompletableFuture<Void> answer, Exception error) {
    if (error != null) {
      environment.counters().add(Count.DEAD_LETTER_FAILURES);
      LOG.error(
          "{}: could not write a record to the dead letter queue '{}'; the record is lost to it: {}",
          report.task(),
          settings.topic(),
          environment.trace(error));
    }
    answer.complete(null);
  }

  private ProducerRecord<byte[], byte[]> letter(
      ConsumerRecord<byte[], byte[]> consumed, ErrorReport report) {
    Headers headers = new RecordHeaders(consumed.headers());
    if (settings.contextHeaders()) {
      ErrorHeaders.add(
          headers,
          new ErrorHeaders.Place(consumed.topic(), consumed.partition(), consumed.offset()),
          report,
          environment.hidden());
    }
    Long timestamp =
        consumed.timestamp() == ConsumerRecord.NO_TIMESTAMP ? null : consumed.timestamp();
    return new ProducerRecord<>(
        settings.topic(), null, timestamp, consumed.key(), consumed.value(), headers);
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

package dev.millrace.engine;

import dev.millrace.model.errors.ErrorDecision;
import dev.millrace.model.errors.ErrorPolicy;
import dev.millrace.model.errors.ErrorSettings;
import dev.millrace.model.errors.Tolerance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies the error policy to one task's records: repeats operations, reports what is given up,
 * fails the task when nothing is tolerated. Thread-safe.
 */
public final class RecordErrors implements Attempts {
  private static final Logger LOG = LoggerFactory.getLogger(RecordErrors.class);

  private final ErrorSettings settings;
  private final List<Reporter> reporters;
  private final Environment environment;
  private final Signals signals;

  /** Without repeats, or without a limit for them, no clock is needed. */
  private final boolean timed;

  /** The handling of one task's bad records. */
  public RecordErrors(
      ErrorSettings settings, List<Reporter> reporters, Environment environment, Signals signals) {
    this.settings = settings;
    this.reporters = List.copyOf(reporters);
    this.environment = environment;
    this.signals = signals;
    this.timed = settings.retryTimeout().isPositive();
  }

  @Override
  public long begin() {
    return timed ? environment.waits().nowMs() : 0;
  }

  @Override
  public void failed(Exception error, int attempt, long began) throws Exception {
    failed(error, attempt, began, signals::cancelled);
  }

  /** The same for records that may become unwanted: then, too, repeats end as if cancelled. */
  public Attempts until(BooleanSupplier unwanted) {
    return new Attempts() {
      @Override
      public long begin() {
        return RecordErrors.this.begin();
      }

      @Override
      public void failed(Exception error, int attempt, long began) throws Exception {
        RecordErrors.this.failed(
            error, attempt, began, () -> signals.cancelled() || unwanted.getAsBoolean());
      }
    };
  }

  private void failed(Exception error, int attempt, long began, BooleanSupplier over)
      throws Exception {
    failed();
    waitOrThrow(error, attempt, began, over);
  }

  private void waitOrThrow(Exception error, int attempt, long began, BooleanSupplier over)
      throws Exception {
    Duration elapsed =
        timed ? Duration.ofMillis(environment.waits().nowMs() - began) : Duration.ZERO;
    boolean retriable = error instanceof RetriableException;
    ErrorDecision decision =
        ErrorPolicy.afterFailure(
            settings, attempt, retriable, elapsed, ThreadLocalRandom.current());
    if (!(decision instanceof ErrorDecision.Retry retry)) {
      throw error;
    }
    environment.counters().add(Count.RETRIES);
    environment.waitingFor(Counters.Cause.RECORD, "a record that failed: " + Traces.line(error));
    environment.waits().await(over, retry.delay());
    environment.goesOn(Counters.Cause.RECORD);
    if (over.getAsBoolean()) {
      throw new WorkCancelled("repeating a failed operation on a record");
    }
  }

  private void failed() {
    environment.counters().add(Count.RECORD_FAILURES);
    environment.counters().set(Count.LAST_ERROR_AT, environment.waits().wallMs());
  }

  /** Whether bad records are skipped. */
  public boolean tolerant() {
    return settings.tolerance() == Tolerance.ALL;
  }

  /**
   * Reports a record that is given up. Returns when the policy is to skip it; the stage is done
   * when all reports are safe. Throws the ConnectException that fails the task otherwise.
   */
  public CompletionStage<Void> giveUp(ErrorReport report) {
    environment.counters().add(Count.RECORD_ERRORS);
    CompletionStage<Void> reported = report(report);
    return switch (ErrorPolicy.givenUp(settings)) {
      case ErrorDecision.Skip skip -> {
        environment.counters().add(Count.RECORDS_SKIPPED);
        yield reported;
      }
      case ErrorDecision.Fail fail ->
          throw new ConnectException("Tolerance exceeded in error handler", report.error());
      case ErrorDecision.Retry retry ->
          throw new IllegalStateException("A record that was given up cannot be retried");
    };
  }

  /** Counts a failure that did not come through {@link #failed}. */
  public void countFailure() {
    failed();
  }

  private CompletionStage<Void> report(ErrorReport report) {
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (Reporter reporter : reporters) {
      all.add(reported(reporter, report));
    }
    return CompletableFuture.allOf(all.toArray(new CompletableFuture<?>[0]));
  }

  /** Reporters must not make things worse, for instance when a record cannot be shown as text. */
  private CompletableFuture<Void> reported(Reporter reporter, ErrorReport report) {
    try {
      return reporter.report(report).toCompletableFuture();
    } catch (RuntimeException e) {
      LOG.error(
          "{}: a record that was given up could not be reported: {}",
          report.task(),
          environment.trace(e));
      return CompletableFuture.completedFuture(null);
    }
  }

  /** Whether anything takes reports. */
  public boolean reports() {
    return !reporters.isEmpty();
  }

  /** Upkeep of the reporters; never blocks, from any thread. */
  public void tick() {
    reporters.forEach(Reporter::tick);
  }

  /** Closes the reporters. */
  public void close(Duration timeout) {
    Closer closer = new Closer();
    reporters.forEach(reporter -> closer.close(() -> reporter.close(timeout)));
  }
}

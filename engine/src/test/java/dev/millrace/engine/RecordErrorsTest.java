package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.model.errors.DeadLetterSettings;
import dev.millrace.model.errors.ErrorSettings;
import dev.millrace.model.errors.Stage;
import dev.millrace.model.errors.Tolerance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.storage.StringConverter;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Retries, tolerance and reports of bad records (compat: semantics §7). */
class RecordErrorsTest {
  private final VirtualWaits waits = new VirtualWaits(() -> true);
  private final Environment environment =
      new Environment(
          waits, new RecordingListener(), new Counters(), Pipelines::noMetrics, text -> text);
  private final Signals signals = new Signals(waits, false, () -> {});
  private final List<ErrorReport> reports = new ArrayList<>();
  private int attempts;

  private final class Collecting implements Reporter {
    @Override
    public CompletionStage<Void> report(ErrorReport report) {
      reports.add(report);
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void close(Duration timeout) {}
  }

  private static final class Broken implements Reporter {
    @Override
    public CompletionStage<Void> report(ErrorReport report) {
      throw new IllegalStateException("cannot report");
    }

    @Override
    public void close(Duration timeout) {}
  }

  private RecordErrors errors(Tolerance tolerance, Duration retryTimeout, Reporter... reporters) {
    var settings =
        new ErrorSettings(
            retryTimeout, Duration.ofMinutes(1), tolerance, false, false, DeadLetterSettings.OFF);
    return new RecordErrors(settings, List.of(reporters), environment, signals);
  }

  private static <T> T call(RecordErrors errors, Callable<T> operation) throws Exception {
    long began = errors.begin();
    for (int attempt = 1; ; attempt++) {
      try {
        return operation.call();
      } catch (Exception e) {
        errors.failed(e, attempt, began);
      }
    }
  }

  private String failing(int times, RuntimeException error) {
    attempts++;
    if (attempts <= times) {
      throw error;
    }
    return "done";
  }

  @Test
  @DisplayName("§7.1 only Connect's RetriableException is retried, within errors.retry.timeout")
  void retries() throws Exception {
    var patient = errors(Tolerance.NONE, Duration.ofSeconds(10));
    assertThat(call(patient, () -> failing(3, new RetriableException("busy")))).isEqualTo("done");
    assertThat(attempts).isEqualTo(4);
    attempts = 0;
    assertThatThrownBy(() -> call(patient, () -> failing(1, new IllegalStateException("bad"))))
        .hasMessage("bad");
    assertThat(attempts).isEqualTo(1);
    attempts = 0;
    var impatient = errors(Tolerance.ALL, Duration.ZERO);
    assertThatThrownBy(() -> call(impatient, () -> failing(1, new RetriableException("busy"))))
        .hasMessage("busy");
    assertThat(attempts).isEqualTo(1);
  }

  @Test
  @DisplayName("§7.1 a cancel ends retries that would go on forever")
  void cancelEndsRetries() {
    var forever = errors(Tolerance.NONE, Duration.ofMillis(-1));
    assertThatThrownBy(
            () ->
                call(
                    forever,
                    () -> {
                      if (++attempts == 5) {
                        signals.cancel();
                      }
                      throw new RetriableException("busy");
                    }))
        .isInstanceOf(WorkCancelled.class);
    assertThat(attempts).isEqualTo(5);
  }

  @Test
  @DisplayName("§7.3 tolerance none fails the task at the first bad record, with its cause")
  void toleratesNothing() {
    var bad = new IllegalStateException("bad record");
    assertThatThrownBy(
            () -> errors(Tolerance.NONE, Duration.ZERO, new Collecting()).giveUp(report(bad)))
        .isInstanceOf(ConnectException.class)
        .hasMessage("Tolerance exceeded in error handler")
        .hasCause(bad);
  }

  @Test
  @DisplayName("§7.4 reporters are told under both tolerances")
  void reportsUnderBothTolerances() {
    var error = new IllegalStateException("bad record");
    assertThat(errors(Tolerance.ALL, Duration.ZERO, new Collecting()).giveUp(report(error)))
        .isCompleted();
    assertThatThrownBy(
            () -> errors(Tolerance.NONE, Duration.ZERO, new Collecting()).giveUp(report(error)))
        .isInstanceOf(ConnectException.class);
    assertThat(reports).hasSize(2);
  }

  @Test
  @DisplayName("§7.4 a reporter that breaks keeps no other from being told, nor the task")
  void aBrokenReporterIsSurvived() {
    var both = errors(Tolerance.ALL, Duration.ZERO, new Broken(), new Collecting());
    assertThat(both.giveUp(report(new IllegalStateException("bad record")))).isCompleted();
    assertThat(reports).hasSize(1);
  }

  @Test
  @DisplayName("§7.5 the log line of a consumed record")
  void logLineOfASink() {
    var report = report(new IllegalStateException("bad"));
    String start =
        "Error encountered in task snk-3. Executing stage 'VALUE_CONVERTER' with class '"
            + StringConverter.class.getName()
            + "'";
    assertThat(LogReporter.message(report, false)).isEqualTo(start + ".");
    assertThat(LogReporter.message(report, true))
        .isEqualTo(
            start
                + ", where consumed record is {topic='t', partition=2, offset=7, timestamp=99,"
                + " timestampType=CreateTime}.");
  }

  @Test
  @DisplayName("§7.5 the log line of a polled record")
  void logLineOfASource() {
    var record = new SourceRecord(Map.of("p", 1), Map.of("o", 2), "t", null, "text");
    var report =
        new ErrorReport(
            new TaskName("src", 0),
            Stage.TRANSFORMATION,
            String.class,
            new IllegalStateException("bad"),
            new ErrorReport.Polled(record));
    assertThat(LogReporter.message(report, true))
        .isEqualTo(
            "Error encountered in task src-0. Executing stage 'TRANSFORMATION' with class"
                + " 'java.lang.String', where source record is = "
                + record
                + ".");
  }

  static ErrorReport report(Throwable error) {
    var headers = new RecordHeaders();
    headers.add("own", new byte[] {1});
    var consumed =
        new ConsumerRecord<>(
            "t",
            2,
            7,
            99,
            TimestampType.CREATE_TIME,
            1,
            1,
            new byte[] {'k'},
            new byte[] {'v'},
            headers,
            java.util.Optional.empty());
    return new ErrorReport(
        new TaskName("snk", 3),
        Stage.VALUE_CONVERTER,
        StringConverter.class,
        error,
        new ErrorReport.Consumed(consumed));
  }
}

package dev.millrace.engine.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.engine.Attempts;
import dev.millrace.engine.Counters;
import dev.millrace.engine.Environment;
import dev.millrace.engine.ErrorReport;
import dev.millrace.engine.Helper;
import dev.millrace.engine.Outcome;
import dev.millrace.engine.Pipelines;
import dev.millrace.engine.RecordErrors;
import dev.millrace.engine.RecordPipeline;
import dev.millrace.engine.RecordingListener;
import dev.millrace.engine.Reporter;
import dev.millrace.engine.Signals;
import dev.millrace.engine.SinkPipeline;
import dev.millrace.engine.TaskName;
import dev.millrace.engine.TransformStep;
import dev.millrace.engine.VirtualWaits;
import dev.millrace.model.errors.DeadLetterSettings;
import dev.millrace.model.errors.ErrorSettings;
import dev.millrace.model.errors.Stage;
import dev.millrace.model.errors.Tolerance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Records that a sink task reports itself (compat: semantics §7). */
class ErrantRecordsTest {
  private final VirtualWaits waits = new VirtualWaits(() -> true);
  private final RecordPipeline<SinkRecord> pipeline = Pipelines.strings(List.of());
  private final List<ErrorReport> reports = new ArrayList<>();
  private final CompletableFuture<Void> written = new CompletableFuture<>();

  private final class Held implements Reporter {
    @Override
    public CompletionStage<Void> report(ErrorReport report) {
      reports.add(report);
      return written;
    }

    @Override
    public void close(Duration timeout) {}
  }

  private ErrantRecords errants(Tolerance tolerance) {
    var environment =
        new Environment(
            waits, new RecordingListener(), new Counters(), Pipelines::noMetrics, text -> text);
    var settings =
        new ErrorSettings(
            Duration.ZERO, Duration.ZERO, tolerance, false, false, DeadLetterSettings.OFF);
    var errors =
        new RecordErrors(
            settings, List.of(new Held()), environment, new Signals(waits, false, () -> {}));
    return new ErrantRecords(
        new TaskName("snk", 0),
        errors,
        new Conversion(List.of(pipeline), Helper.NOBODY, errors, waits),
        new OutstandingReports(waits));
  }

  private SinkRecord delivered() {
    return delivered(pipeline);
  }

  private static SinkRecord delivered(RecordPipeline<SinkRecord> through) {
    var consumed = new ConsumerRecord<>("t", 1, 5, new byte[] {'k'}, new byte[] {'v'});
    var outcome = (Outcome.Passed<SinkRecord>) SinkPipeline.apply(through, consumed, Attempts.ONCE);
    return outcome.value();
  }

  private ConsumerRecord<byte[], byte[]> reported() {
    return ((ErrorReport.Consumed) reports.get(0).origin()).record();
  }

  @Test
  @DisplayName("§7.9 a delivered record is reported with the bytes it was consumed with")
  void originalBytes() {
    var copy = delivered().newRecord("elsewhere", 9, null, "other", null, "changed", 1L);
    var future = errants(Tolerance.ALL).report(copy, new IllegalStateException("bad"));
    assertThat(future.isDone()).isFalse();
    assertThat(reported().topic()).isEqualTo("t");
    assertThat(reported().offset()).isEqualTo(5);
    assertThat(reported().value()).containsExactly('v');
    assertThat(reports.get(0).stage()).isEqualTo(Stage.TASK_PUT);
    assertThat(reports.get(0).executing()).isEqualTo(SinkTask.class);
    written.complete(null);
    assertThat(future.isDone()).isTrue();
  }

  @Test
  @DisplayName("§7.9 so is one that a transformation has made anew, or has held back")
  void originalBytesOfWhatATransformationMade() {
    var made = new SinkRecord("elsewhere", 9, null, "other", null, "changed", 7);
    TransformStep<SinkRecord> step = Pipelines.step(record -> made);
    var held = delivered(Pipelines.strings(List.of(step)));
    assertThat(held.topic()).isEqualTo("elsewhere");
    assertThat(held.value()).isEqualTo("changed");
    assertThat(held.kafkaOffset()).isEqualTo(7);
    var errants = errants(Tolerance.ALL);
    var unused = errants.report(held, new IllegalStateException("bad"));
    assertThat(reported().topic()).isEqualTo("t");
    assertThat(reported().partition()).isEqualTo(1);
    assertThat(reported().offset()).isEqualTo(5);
    assertThat(reported().key()).containsExactly('k');
  }

  @Test
  @DisplayName("§7.9 a record of the task's own making is serialised by its converters")
  void foreignRecord() {
    var own = new SinkRecord("t", 0, Schema.STRING_SCHEMA, "k", Schema.STRING_SCHEMA, "made", 3);
    var unused = errants(Tolerance.ALL).report(own, new IllegalStateException("bad"));
    assertThat(new String(reported().value(), java.nio.charset.StandardCharsets.UTF_8))
        .isEqualTo("made");
  }

  @Test
  @DisplayName("§7.9 under tolerance none the report itself throws, after reporting")
  void throwsWhenNothingIsTolerated() {
    assertThatThrownBy(
            () -> errants(Tolerance.NONE).report(delivered(), new IllegalStateException("bad")))
        .isInstanceOf(ConnectException.class)
        .hasMessage("Tolerance exceeded in error handler");
    assertThat(reports).hasSize(1);
  }
}

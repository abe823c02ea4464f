package dev.millrace.engine.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.CommitSettings;
import dev.millrace.engine.Counters;
import dev.millrace.engine.Environment;
import dev.millrace.engine.ErrorHandling;
import dev.millrace.engine.Pipelines;
import dev.millrace.engine.RecordingListener;
import dev.millrace.engine.TaskName;
import dev.millrace.engine.TaskPlugin;
import dev.millrace.engine.TopicCreator;
import dev.millrace.engine.Upkeep;
import dev.millrace.engine.VirtualWaits;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Stops and pauses that come while a poll is being sent, whose records share one offset. */
class SourceStopTest {
  private final SimulatedKafka kafka = new SimulatedKafka();
  private final RecordingListener listener = new RecordingListener();
  private SourceRunner runner;

  /** Gives two records with one offset once, and leaves its thread interrupted when stopped. */
  private static final class Task extends SourceTask {
    private boolean given;

    @Override
    public void start(Map<String, String> config) {}

    @Override
    public List<SourceRecord> poll() {
      if (given) {
        return null;
      }
      given = true;
      return List.of(record("a", 1), record("b", 2));
    }

    private static SourceRecord record(String topic, int number) {
      return new SourceRecord(
          Map.of("p", 0),
          Map.of("n", 2L),
          topic,
          0,
          null,
          null,
          Schema.STRING_SCHEMA,
          Integer.toString(number));
    }

    @Override
    public void stop() {
      Thread.currentThread().interrupt();
    }

    @Override
    public String version() {
      return "1";
    }
  }

  /** Runs until the records are being sent, which is the third step. */
  private void begin(Guarantee guarantee, TopicCreator topics) {
    SimulatedProcess process = SimulatedProcess.steady(kafka);
    VirtualWaits waits = new VirtualWaits(process::goOn);
    runner =
        new SourceRunner(
            new SourceSetup(
                new TaskName("c", 0),
                new TaskPlugin<SourceTask, SourceRecord>(
                    Task::new,
                    () -> Pipelines.strings(List.of()),
                    Map.of(),
                    SourceStopTest.class.getClassLoader()),
                new SourceOutput(
                    guarantee,
                    TransactionBoundary.POLL,
                    () -> process.producer(guarantee == Guarantee.EXACTLY_ONCE ? "id" : null),
                    Long.MAX_VALUE,
                    () -> {},
                    topics,
                    process.store()),
                new Upkeep(CommitSettings.DEFAULT, Duration.ofMinutes(1), Runnable::run),
                Overlap.none(),
                ErrorHandling.DEFAULT,
                new Environment(
                    waits, listener, new Counters(), Pipelines::noMetrics, text -> text)),
            false);
    for (int i = 0; i < 3; i++) {
      assertThat(runner.step()).isTrue();
    }
  }

  private List<String> written() {
    return Stream.of("a", "b").flatMap(topic -> kafka.values(topic).stream()).toList();
  }

  private void end() {
    runner.stop();
    assertThat(runner.step()).isFalse();
    assertThat(Thread.interrupted()).as("left interrupted").isFalse();
    assertThat(listener.errors).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Guarantee.class)
  void aStopComesBetweenPolls(Guarantee guarantee) {
    begin(guarantee, topic -> runner.stop());
    end();
    assertThat(written()).containsExactly("1", "2");
    assertThat(SimulatedProcess.offsets(kafka)).containsEntry("0", 2L);
  }

  @ParameterizedTest
  @EnumSource(Guarantee.class)
  void theOffsetOfAnUnfinishedPollIsNotCommitted(Guarantee guarantee) {
    begin(guarantee, SourceStopTest::refuseB);
    end();
    if (guarantee == Guarantee.EXACTLY_ONCE) {
      assertThat(written()).isEmpty();
    } else {
      assertThat(written()).containsExactly("1");
    }
    assertThat(SimulatedProcess.offsets(kafka)).isEmpty();
  }

  private static void refuseB(String topic) {
    if (topic.equals("b")) {
      throw new RetriableException("no leader yet");
    }
  }

  @ParameterizedTest
  @EnumSource(Guarantee.class)
  void anUnfinishedPollIsFinishedWhilePaused(Guarantee guarantee) {
    boolean[] ready = new boolean[1];
    begin(
        guarantee,
        topic -> {
          if (!ready[0]) {
            refuseB(topic);
          }
        });
    runner.pause();
    assertThat(runner.step()).isTrue();
    assertThat(SimulatedProcess.offsets(kafka)).isEmpty();
    ready[0] = true;
    assertThat(runner.step()).isTrue();
    end();
    assertThat(written()).containsExactly("1", "2");
    assertThat(SimulatedProcess.offsets(kafka)).containsEntry("0", 2L);
  }
}

package dev.millrace.engine.connector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.Counters;
import dev.millrace.engine.Environment;
import dev.millrace.engine.Pipelines;
import dev.millrace.engine.RecordingListener;
import dev.millrace.engine.VirtualWaits;
import dev.millrace.model.TargetState;
import dev.millrace.model.offsets.OffsetEntry;
import dev.millrace.model.offsets.OffsetStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.sink.SinkConnector;
import org.apache.kafka.connect.sink.SinkTask;
import org.junit.jupiter.api.Test;

/** The life cycle of a connector instance (compat: semantics §2). */
class ConnectorRunnerTest {
  private final RecordingListener listener = new RecordingListener();
  private final List<String> calls = new ArrayList<>();
  private final TestConnector connector = new TestConnector();
  private final VirtualWaits waits = new VirtualWaits(() -> true);

  private final class TestConnector extends SinkConnector {
    private int failures;

    @Override
    public void start(Map<String, String> props) {
      calls.add("start");
    }

    @Override
    public Class<? extends Task> taskClass() {
      return SinkTask.class;
    }

    @Override
    public List<Map<String, String>> taskConfigs(int max) {
      if (failures > 0) {
        failures--;
        throw new IllegalStateException("not yet");
      }
      return List.of(Map.of("max", Integer.toString(max)));
    }

    @Override
    public void stop() {
      calls.add("stop");
    }

    @Override
    public ConfigDef config() {
      return new ConfigDef();
    }

    @Override
    public String version() {
      return "1";
    }

    private void reconfigure() {
      context.requestTaskReconfiguration();
    }

    private void raise(Exception error) {
      context.raiseError(error);
    }
  }

  private ConnectorRunner runner(boolean paused) {
    return new ConnectorRunner(
        new ConnectorSetup(
            "c",
            () -> connector,
            Map.of("topics", "a,b"),
            ConnectorRunnerTest.class.getClassLoader(),
            new NoOffsets(),
            new Environment(waits, listener, new Counters(), Pipelines::noMetrics)),
        3,
        paused ? TargetState.PAUSED : TargetState.STARTED);
  }

  private static void steps(ConnectorRunner runner, int count) {
    for (int i = 0; i < count; i++) {
      assertThat(runner.step()).isTrue();
    }
  }

  private static final Map<String, String> TASK =
      Map.of("max", "3", "task.class", SinkTask.class.getName(), "topics", "a,b");

  @Test
  void makesTaskConfigsAtStartAndResumeAndOnRequest() {
    ConnectorRunner runner = runner(false);
    steps(runner, 4);
    assertThat(listener.tasks).containsExactly(List.of(TASK));
    connector.reconfigure();
    steps(runner, 2);
    assertThat(listener.tasks).hasSize(2);
    runner.retarget(TargetState.PAUSED);
    steps(runner, 2);
    runner.retarget(TargetState.STARTED);
    steps(runner, 2);
    assertThat(listener.tasks).hasSize(3);
    runner.stop();
    assertThat(runner.step()).isFalse();
    assertThat(listener.reports).containsExactly("started", "paused", "resumed", "stopped");
    assertThat(calls).containsExactly("start", "stop", "start", "stop");
  }

  @Test
  void isNotStartedWhilePaused() {
    ConnectorRunner runner = runner(true);
    steps(runner, 3);
    runner.stop();
    assertThat(runner.step()).isFalse();
    assertThat(listener.reports).containsExactly("paused", "stopped");
    assertThat(calls).isEmpty();
  }

  @Test
  void triesAgainWhenTaskConfigsFail() {
    connector.failures = 3;
    ConnectorRunner runner = runner(false);
    long began = waits.nowMs();
    while (listener.tasks.isEmpty()) {
      steps(runner, 1);
    }
    assertThat(waits.nowMs() - began).isBetween(1750L, 2500L);
    assertThat(listener.errors).hasSize(3);
    assertThat(listener.reports).containsExactly("started");
  }

  @Test
  void raisedErrorFailsIt() {
    ConnectorRunner runner = runner(false);
    steps(runner, 3);
    Exception error = new IllegalStateException("source gone");
    connector.raise(error);
    assertThat(runner.step()).isFalse();
    assertThat(listener.errors).containsExactly(error);
    assertThat(listener.reports).containsExactly("started", "failed");
    assertThat(calls).containsExactly("start", "stop");
  }

  private static final class NoOffsets implements OffsetStore {
    @Override
    public CompletionStage<Map<Map<String, Object>, Map<String, Object>>> read(
        String name, Collection<Map<String, Object>> partitions) {
      return CompletableFuture.completedStage(Map.of());
    }

    @Override
    public CompletionStage<Void> write(
        String name, Map<? extends Map<String, ?>, ? extends Map<String, ?>> offsets) {
      return CompletableFuture.completedStage(null);
    }

    @Override
    public OffsetEntry encode(String name, Map<String, ?> partition, Map<String, ?> offset) {
      return new OffsetEntry(new byte[0], new byte[0]);
    }

    @Override
    public String topic() {
      return "offsets";
    }
  }
}

package dev.millrace.engine.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.engine.Counters;
import dev.millrace.engine.Environment;
import dev.millrace.engine.Pipelines;
import dev.millrace.engine.RecordingListener;
import dev.millrace.engine.Signals;
import dev.millrace.engine.StoredOffsets;
import dev.millrace.engine.VirtualWaits;
import dev.millrace.model.TargetState;
import dev.millrace.model.offsets.OffsetEntry;
import dev.millrace.model.offsets.OffsetStore;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkConnector;
import org.apache.kafka.connect.sink.SinkTask;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The life cycle of a connector instance (compat: semantics §2). */
class ConnectorRunnerTest {
  private final RecordingListener listener = new RecordingListener();
  private final List<String> calls = new ArrayList<>();
  private final List<ClassLoader> loaders = new CopyOnWriteArrayList<>();
  private final ClassLoader loader =
      new URLClassLoader(new URL[0], ConnectorRunnerTest.class.getClassLoader());
  private final TestConnector connector = new TestConnector();
  private final VirtualWaits waits = new VirtualWaits(() -> true);

  private final class TestConnector extends SinkConnector {
    private int failures;
    private boolean failsStopping;
    private Map<String, String> settings = Map.of();

    @Override
    public void start(Map<String, String> props) {
      calls.add("start");
      settings = props;
      loaders.add(Thread.currentThread().getContextClassLoader());
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
      if (failsStopping) {
        throw new IllegalStateException("stop failed");
      }
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
            loader,
            new NoOffsets(),
            new Environment(waits, listener, new Counters(), Pipelines::noMetrics, text -> text)),
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

  @DisplayName("§2.2 §2.4 §2.6 task configurations at start, at resume and on request")
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

  @DisplayName("§2.1 an instance with nothing to do gives the thread back, and goes on when called")
  @Test
  void returnsWhenThereIsNothingToDo() {
    ConnectorRunner runner = runner(true);
    assertThat(runner.run()).isFalse();
    assertThat(listener.reports).containsExactly("paused");
    runner.retarget(TargetState.STARTED);
    assertThat(runner.run()).isFalse();
    assertThat(listener.tasks).hasSize(1);
    connector.reconfigure();
    assertThat(runner.run()).isFalse();
    assertThat(listener.tasks).hasSize(2);
    runner.retarget(TargetState.PAUSED);
    assertThat(runner.run()).isFalse();
    runner.stop();
    assertThat(runner.run()).isTrue();
    assertThat(listener.reports).containsExactly("paused", "started", "paused", "stopped");
    assertThat(calls).containsExactly("start", "stop");
    assertThat(loaders).containsOnly(loader);
  }

  @DisplayName("§2.3 a connector that begins paused is not started")
  @Test
  void isNotStartedWhilePaused() {
    ConnectorRunner runner = runner(true);
    steps(runner, 3);
    runner.stop();
    assertThat(runner.step()).isFalse();
    assertThat(listener.reports).containsExactly("paused", "stopped");
    assertThat(calls).isEmpty();
  }

  @DisplayName("§2.7 task configurations are asked for again, with pauses")
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

  @DisplayName("§2.9 a raised error fails the connector")
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

  @DisplayName("§2.1 its code has the connector's loader as context loader")
  @Test
  void hasItsLoader() throws InterruptedException {
    ConnectorRunner runner = runner(false);
    var thread = new Thread(runner::run);
    thread.setDaemon(true);
    thread.start();
    while (loaders.isEmpty() && thread.isAlive()) {
      thread.join(5);
    }
    runner.stop();
    thread.join(180_000);
    assertThat(loaders).containsExactly(loader);
    assertThat(connector.settings).containsEntry("topics", "a,b");
  }

  @DisplayName("§2.4 a stop() that fails at a pause fails the connector")
  @Test
  void failingPause() {
    connector.failsStopping = true;
    ConnectorRunner runner = runner(false);
    steps(runner, 3);
    runner.retarget(TargetState.PAUSED);
    assertThat(runner.step()).isFalse();
    assertThat(listener.reports).containsExactly("started", "failed");
  }

  @DisplayName("§2.4 a stop() that fails when it is to be stopped is swallowed")
  @Test
  void failingStop() {
    connector.failsStopping = true;
    ConnectorRunner runner = runner(false);
    steps(runner, 3);
    runner.retarget(TargetState.STOPPED);
    steps(runner, 2);
    assertThat(listener.reports).containsExactly("started", "paused");
    connector.failsStopping = false;
    runner.retarget(TargetState.STARTED);
    steps(runner, 2);
    assertThat(calls).containsExactly("start", "stop", "start");
  }

  @DisplayName("§2.5 targets that change quickly are collapsed into the last")
  @Test
  void collapses() {
    ConnectorRunner runner = runner(false);
    steps(runner, 3);
    runner.retarget(TargetState.PAUSED);
    runner.retarget(TargetState.STARTED);
    runner.retarget(TargetState.STOPPED);
    runner.retarget(TargetState.STARTED);
    steps(runner, 2);
    assertThat(calls).containsExactly("start");
    assertThat(listener.reports).containsExactly("started");
  }

  @DisplayName("§2.6 a request after the stop is refused")
  @Test
  void refusesLateRequests() {
    ConnectorRunner runner = runner(false);
    steps(runner, 3);
    runner.stop();
    assertThatThrownBy(connector::reconfigure)
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("'c' is being stopped");
  }

  @DisplayName("§2.10 a read of offsets ends with an error once the instance is cancelled")
  @Test
  void endsReads() {
    CompletableFuture<Map<Map<String, Object>, Map<String, Object>>> answer =
        new CompletableFuture<>();
    Environment environment =
        new Environment(waits, listener, new Counters(), Pipelines::noMetrics, text -> text);
    Signals signals = new Signals(waits, false, () -> {});
    StoredOffsets stored =
        new StoredOffsets("c", new NoOffsets(() -> answer), environment, signals);
    waits.onWait = () -> signals.cancel();
    assertThatThrownBy(() -> stored.offset(Map.of("p", "0")))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("reading committed offsets of connector 'c'");
    answer.complete(Map.of(Map.of("p", "0"), Map.of("n", 1L)));
    assertThat(stored.offset(Map.of("p", "0"))).isEqualTo(Map.of("n", 1L));
  }

  @DisplayName("§14.20 a read of offsets waits while Kafka is away; what does not pass fails it")
  @Test
  void waitsForKafka() {
    Counters counters = new Counters();
    Environment environment =
        new Environment(waits, listener, counters, Pipelines::noMetrics, text -> text);
    Deque<CompletableFuture<Map<Map<String, Object>, Map<String, Object>>>> answers =
        new ArrayDeque<>();
    StoredOffsets stored =
        new StoredOffsets(
            "c", new NoOffsets(answers::remove), environment, new Signals(waits, false, () -> {}));
    Exception away = new IllegalStateException("no offsets", new TimeoutException("no answer"));
    answers.add(CompletableFuture.failedFuture(away));
    answers.add(CompletableFuture.failedFuture(away));
    answers.add(CompletableFuture.completedFuture(Map.of()));
    List<String> shown = new ArrayList<>();
    waits.onWait = () -> environment.waiting().ifPresent(waiting -> shown.add(waiting.what()));
    assertThat(stored.offset(Map.of("p", "0"))).isNull();
    assertThat(shown).contains("the committed offsets in 'offsets': no offsets");
    assertThat(counters.waiting()).isEmpty();
    for (Exception lasting :
        List.of(
            new IllegalStateException("not allowed"),
            new IllegalStateException("no topic", new UnknownTopicOrPartitionException("x")))) {
      answers.add(CompletableFuture.failedFuture(lasting));
      assertThatThrownBy(() -> stored.offset(Map.of("p", "0")))
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining(lasting.getMessage());
    }
  }

  @DisplayName("§2.11 nothing is reported after a cancel")
  @Test
  void isSilentAfterCancel() {
    ConnectorRunner runner = runner(false);
    steps(runner, 3);
    runner.cancel();
    assertThat(runner.step()).isFalse();
    assertThat(listener.reports).containsExactly("started");
  }

  private record NoOffsets(
      Supplier<CompletionStage<Map<Map<String, Object>, Map<String, Object>>>> answer)
      implements OffsetStore {
    NoOffsets() {
      this(() -> CompletableFuture.completedStage(Map.of()));
    }

    @Override
    public CompletionStage<Map<Map<String, Object>, Map<String, Object>>> read(
        String name, Collection<Map<String, Object>> partitions) {
      return answer.get();
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

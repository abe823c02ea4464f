package dev.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.ClusterState;
import dev.millrace.model.ConnectorState;
import dev.millrace.model.Fact;
import dev.millrace.model.TargetState;
import dev.millrace.model.Waiting;
import dev.millrace.model.WorkId;
import dev.millrace.model.WorkSpec;
import dev.millrace.model.WorkStatus;
import dev.millrace.model.WorkStatus.Phase;
import dev.millrace.model.control.Event;
import dev.millrace.worker.metrics.MetricsSettings;
import dev.millrace.worker.metrics.PluginInfo;
import dev.millrace.worker.metrics.WorkKind;
import dev.millrace.worker.metrics.WorkMeter;
import dev.millrace.worker.metrics.WorkerMetrics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.metrics.MetricConfig;
import org.apache.kafka.common.metrics.MetricsReporter;
import org.apache.kafka.common.utils.Time;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.MDC;

/** The life of work in a crew: every transition of the table, threads and what they log. */
class CrewTest {

  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration SHORT = Duration.ofMillis(50);
  private static final WorkId TASK = new WorkId("c", 0);
  private static final ConnectorState CONNECTOR =
      ClusterState.EMPTY.apply(0, new Fact.Configured("c", Map.of())).connectors().get("c");

  private final StatusBoard board =
      new StatusBoard(new dev.millrace.worker.events.EventLog(java.time.InstantSource.system()));
  private final List<Event> events = new CopyOnWriteArrayList<>();
  private final Work work = new Work();
  private Crew crew;

  /** One transition of the table. */
  record Step(Phase from, Phase to) {}

  static Stream<Step> table() {
    return WorkStatus.transitions().entrySet().stream()
        .flatMap(row -> row.getValue().stream().map(to -> new Step(row.getKey(), to)));
  }

  static Stream<Step> others() {
    return Stream.of(Phase.values())
        .flatMap(from -> Stream.of(Phase.values()).map(to -> new Step(from, to)))
        .filter(step -> step.to() == Phase.RUNNING || step.to() == Phase.PAUSED)
        .filter(step -> step.from() != step.to())
        .filter(step -> !WorkStatus.transitions().get(step.from()).contains(step.to()));
  }

  private final WorkerMetrics metrics = QuietMetrics.make();

  @AfterEach
  void end() {
    work.finish();
    if (crew != null) crew.close();
    metrics.close();
  }

  @ParameterizedTest
  @MethodSource("table")
  @DisplayName("§1.6 every transition of the table is made and shown")
  void goes(Step step) {
    begin(step.from() == Phase.ABANDONED || step.to() == Phase.ABANDONED ? SHORT : LONG);
    reach(step.from());
    go(step.to());
    awaitPhase(step.to());
  }

  @ParameterizedTest
  @MethodSource("others")
  @DisplayName("§1.6 §3.7 reports that the table does not allow change nothing")
  void staysWhatItIs(Step step) {
    begin(step.from() == Phase.ABANDONED ? SHORT : LONG);
    reach(step.from());
    if (step.from() == Phase.STOPPED) return; // its thread is over: nobody reports
    go(step.to());
    work.settle();
    assertThat(phase()).isEqualTo(step.from());
  }

  @Test
  @DisplayName("§3.7 work that does not stop in time is abandoned, cancelled and counted")
  void abandons() {
    begin(SHORT);
    reach(Phase.ABANDONED);
    await("cancel", () -> work.calls.contains("cancel"));
    await("told", () -> events.contains(new Event.WorkStopped(TASK)));
    assertThat(board.leftBehind()).extracting(StatusBoard.LeftBehind::id).containsExactly(TASK);
    work.finish();
    await("thread over", () -> board.leftBehind().isEmpty());
  }

  @Test
  @DisplayName("§3.7 deadlines do not wait for commits")
  void abandonsWhileATickIsSlow() throws Exception {
    var over = new java.util.concurrent.CountDownLatch(1);
    work.onTick =
        () -> {
          try {
            over.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the crew is closed
          }
        };
    begin(SHORT);
    try {
      reach(Phase.RUNNING);
      await("a tick", () -> !work.tickContexts.isEmpty());
      go(Phase.STOPPING);
      awaitPhase(Phase.ABANDONED);
    } finally {
      over.countDown();
    }
  }

  @Test
  @DisplayName("§3.7 what is made when the stop has come already is run to its end, and lets go")
  void aStopWhileItIsMadeReachesTheRunner() {
    work.onMake = () -> crew.stop(TASK);
    begin(LONG);
    await("stopped", () -> work.calls.contains("stop"));
    await("run", () -> work.begun);
    work.finish();
    await("told", () -> events.contains(new Event.WorkStopped(TASK)));
  }

  @Test
  @DisplayName("§3.7 what is made after it was abandoned tells nothing in its successor's name")
  void whatIsMadeTooLateIsNotAsked() throws Exception {
    var late = new java.util.concurrent.CountDownLatch(1);
    work.onMake =
        () -> {
          crew.stop(TASK);
          awaitOrFail(late);
        };
    begin(SHORT);
    await("told", () -> events.contains(new Event.WorkStopped(TASK)));
    work.onMake = () -> {};
    crew.start(spec(TASK), CONNECTOR);
    await("the successor", () -> work.begun);
    late.countDown();
    await("stopped", () -> work.calls.contains("stop"));
    work.finish();
    await("thread over", () -> board.leftBehind().isEmpty());
    board.waiting(TASK);
    assertThat(work.asked).containsExactly(work.doings.get(0));
  }

  private static void awaitOrFail(java.util.concurrent.CountDownLatch latch) {
    try {
      if (!latch.await(3, TimeUnit.MINUTES)) throw new AssertionError("it never came");
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts work", e);
    }
  }

  @Test
  @DisplayName("§3.7 the end of work is told though a metrics reporter throws an error")
  void reportersKeepNoEndBack() {
    var settings = new MetricsSettings(new MetricConfig(), List.of(new KeepsMetrics()), Map.of());
    try (var reported = new WorkerMetrics(settings, Time.SYSTEM)) {
      crew = new Crew(work, board, reported, "w:1", LONG, events::add);
      work.publishes = true;
      crew.start(spec(TASK), CONNECTOR);
      await("begun", () -> work.begun);
      go(Phase.STOPPING);
      work.finish();
      await("told", () -> events.contains(new Event.WorkStopped(TASK)));
    }
  }

  /** A reporter that cannot take a metric of a task back. */
  private static final class KeepsMetrics implements MetricsReporter {
    @Override
    public void init(List<KafkaMetric> metrics) {}

    @Override
    public void metricChange(KafkaMetric metric) {}

    @Override
    public void metricRemoval(KafkaMetric metric) {
      if (metric.metricName().group().startsWith("connector-task")) {
        throw new NoClassDefFoundError("of the reporter's client");
      }
    }

    @Override
    public void close() {}

    @Override
    public void configure(Map<String, ?> configs) {}
  }

  @Test
  @DisplayName("§3.12 many that hang end together, not one after the other")
  void closesAtOnce() {
    crew = new Crew(work, board, metrics, "w:1", Duration.ofMillis(300), events::add);
    for (int i = 0; i < 60; i++) crew.start(spec(new WorkId("c", i)), CONNECTOR);
    await("all made", () -> work.made.size() == 60);
    long began = System.nanoTime();
    crew.close();
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofMinutes(1));
    assertThat(board.leftBehind()).hasSize(60);
  }

  @Test
  @DisplayName("§3.1 §13.2 §13.3 threads and what they log carry the names of the work")
  void names() {
    begin(LONG);
    await("made", () -> !work.made.isEmpty());
    crew.start(spec(WorkId.instance("c")), CONNECTOR);
    await("made", () -> work.made.size() == 2);
    assertThat(work.threads).containsExactly("task-thread-c-0", "connector-thread-c");
    assertThat(work.contexts).containsExactly("[c|task-0] ", "[c|worker] ");
    await("commits", () -> work.tickContexts.contains("[c|task-0|offsets] "));
  }

  @Test
  @DisplayName("§2.1 work that has nothing to do has no thread until it is wanted")
  void restsWithoutAThread() {
    begin(LONG);
    reach(Phase.RUNNING);
    work.rests = true;
    await("no thread", () -> !hasThread("task-thread-c-0"));
    assertThat(phase()).isEqualTo(Phase.RUNNING);
    work.rests = false;
    work.listener().wanted();
    work.does(() -> work.contexts.add(MDC.get("connector.context")));
    await("goes on", () -> work.contexts.size() == 2);
    assertThat(work.contexts).containsExactly("[c|task-0] ", "[c|task-0] ");
    go(Phase.STOPPING);
    work.finish();
    awaitPhase(Phase.STOPPED);
    await("told", () -> events.contains(new Event.WorkStopped(TASK)));
  }

  private static boolean hasThread(String name) {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals(name));
  }

  @Test
  @DisplayName("§1.4 failed work is not brought back by a new target")
  void failedStays() {
    begin(LONG);
    reach(Phase.FAILED);
    crew.retarget(TASK, TargetState.PAUSED);
    crew.retarget(TASK, TargetState.STARTED);
    assertThat(phase()).isEqualTo(Phase.FAILED);
    await("told", () -> events.contains(new Event.WorkFailed(TASK)));
  }

  @Test
  @DisplayName("§3.5 a failure after the stop is only logged")
  void failureWhileStopping() {
    begin(LONG);
    reach(Phase.STOPPING);
    work.listener().failed(new IllegalStateException("late"));
    assertThat(phase()).isEqualTo(Phase.STOPPING);
    work.finish();
    awaitPhase(Phase.STOPPED);
  }

  @Test
  @DisplayName("§10.8 a failure's trace shows placeholders, not secrets")
  void tracesHideSecrets() {
    begin(LONG);
    await("made", () -> !work.made.isEmpty());
    work.listener().knows(Secrets.of(Map.of("${file:a:b}", "swordfish")));
    work.listener().failed(new IllegalStateException("password swordfish is wrong"));
    assertThat(board.of(TASK).orElseThrow().status().detail())
        .contains("password ${file:a:b} is wrong")
        .doesNotContain("swordfish");
  }

  private void begin(Duration stopTimeout) {
    crew = new Crew(work, board, metrics, "w:1", stopTimeout, events::add);
    crew.start(spec(TASK), CONNECTOR);
  }

  private static WorkSpec spec(WorkId id) {
    return new WorkSpec(id, 0, -1, TargetState.STARTED);
  }

  private void reach(Phase phase) {
    await("begun", () -> work.begun);
    switch (phase) {
      case STARTING -> {}
      case RUNNING, STOPPING, FAILED -> go(phase);
      case PAUSED, ABANDONED -> {
        go(phase == Phase.PAUSED ? Phase.RUNNING : Phase.STOPPING);
        go(phase);
      }
      case STOPPED -> {
        go(Phase.STOPPING);
        go(Phase.STOPPED);
      }
    }
    // where stops may take but a moment, it may be over before it is seen
    await(phase.name(), () -> phase() == phase || phase() == Phase.ABANDONED);
  }

  private void go(Phase to) {
    switch (to) {
      case STARTING -> throw new IllegalArgumentException("work starts once");
      case RUNNING -> {
        if (phase() == Phase.PAUSED) work.does(() -> work.listener().resumed());
        else work.does(() -> work.listener().started());
      }
      case PAUSED -> work.does(() -> work.listener().paused());
      case STOPPING -> crew.stop(TASK);
      case FAILED -> work.does(() -> work.listener().failed(new IllegalStateException("bad")));
      case STOPPED -> work.finish();
      case ABANDONED -> {} // the deadline comes by itself
    }
  }

  private Phase phase() {
    return board.of(TASK).orElseThrow().status().phase();
  }

  private void awaitPhase(Phase phase) {
    await(phase.name(), () -> phase() == phase);
  }

  private static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofMinutes(3).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("time left for: " + what).isLessThan(end);
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** Work that does on its thread what the test says, until that says it is finished. */
  private static final class Work implements RunnerFactory {
    private final BlockingQueue<Runnable> orders = new LinkedBlockingQueue<>();
    private final List<Listener> made = new CopyOnWriteArrayList<>();
    private final List<String> threads = new CopyOnWriteArrayList<>();
    private final List<String> contexts = new CopyOnWriteArrayList<>();
    private final List<String> tickContexts = new CopyOnWriteArrayList<>();
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private volatile boolean begun;
    private volatile Runnable onMake = () -> {};
    private volatile Runnable onTick = () -> {};
    private volatile boolean finished;
    private volatile boolean rests;
    private volatile boolean publishes;
    private final List<Runner> doings = new CopyOnWriteArrayList<>();
    private final List<Runner> asked = new CopyOnWriteArrayList<>(); // what they wait for

    Listener listener() {
      return made.get(0);
    }

    void does(Runnable order) {
      orders.add(order);
    }

    void finish() {
      finished = true;
      orders.add(() -> {});
    }

    /** All orders so far are done. */
    void settle() {
      var done = new java.util.concurrent.CountDownLatch(1);
      orders.add(done::countDown);
      await("settled", () -> done.getCount() == 0);
    }

    @Override
    public Runner make(
        WorkSpec spec, ConnectorState connector, Listener listener, WorkMeter meter) {
      threads.add(Thread.currentThread().getName());
      contexts.add(MDC.get("connector.context"));
      made.add(listener);
      if (publishes) meter.publish(WorkKind.SINK, new PluginInfo("x", "1"));
      onMake.run();
      var doing = new Doing();
      doings.add(doing);
      return doing;
    }

    private final class Doing implements Runner {
      @Override
      public boolean run() {
        begun = true;
        try {
          while (!finished) {
            var order = orders.poll(10, TimeUnit.MILLISECONDS);
            if (order != null) order.run();
            if (rests) return false;
          }
          return true;
        } catch (InterruptedException e) {
          throw new AssertionError("nobody interrupts work", e);
        }
      }

      @Override
      public void retarget(TargetState target) {
        calls.add("retarget " + target);
      }

      @Override
      public void stop() {
        calls.add("stop");
      }

      @Override
      public void fail(Exception error) {
        calls.add("fail");
      }

      @Override
      public void cancel() {
        calls.add("cancel");
      }

      @Override
      public void tick() {
        tickContexts.add(MDC.get("connector.context"));
        onTick.run();
      }

      @Override
      public List<Thread> helpers() {
        return List.of();
      }

      @Override
      public String version() {
        return "1";
      }

      @Override
      public Optional<Waiting> waiting() {
        asked.add(this);
        return Optional.empty();
      }
    }
  }
}

package dev.millrace.engine.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.CommitSettings;
import dev.millrace.engine.Counters;
import dev.millrace.engine.Environment;
import dev.millrace.engine.ErrorHandling;
import dev.millrace.engine.ErrorReport;
import dev.millrace.engine.Helper;
import dev.millrace.engine.Pipelines;
import dev.millrace.engine.RecordingListener;
import dev.millrace.engine.Reporter;
import dev.millrace.engine.TaskName;
import dev.millrace.engine.TaskPlugin;
import dev.millrace.engine.TransformStep;
import dev.millrace.engine.VirtualWaits;
import dev.millrace.engine.Waits;
import dev.millrace.model.errors.DeadLetterSettings;
import dev.millrace.model.errors.ErrorSettings;
import dev.millrace.model.errors.Tolerance;
import dev.millrace.testkit.SimulatedConsumer;
import dev.millrace.testkit.SimulatedGroup;
import dev.millrace.testkit.SimulatedGroup.Protocol;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;

/**
 * A sink task over a simulated group, stepped in virtual time by one test. Fields are set before
 * {@link #begin}.
 */
final class SinkBench {
  static final TopicPartition P0 = new TopicPartition("in", 0);
  static final TopicPartition P1 = new TopicPartition("in", 1);
  static final Duration MAX_POLL = Duration.ofSeconds(4);
  private static final long STEP_MS = 20;

  final VirtualWaits waits = new VirtualWaits(() -> true);
  final RecordingListener listener = new RecordingListener();
  final Counters counters = new Counters();
  final ScriptedSink task = new ScriptedSink();
  final List<ErrorReport> reports = new ArrayList<>();
  final SimulatedGroup group;
  final SimulatedConsumer consumer;
  CompletableFuture<Void> reported = CompletableFuture.completedFuture(null);
  Topics topics = new Topics.Named(List.of("in"));
  Tolerance tolerance = Tolerance.NONE;
  List<TransformStep<SinkRecord>> steps = List.of();
  Supplier<List<Reporter>> reporters = () -> List.of(new Keep());
  Executor threads = Runnable::run;
  Waits time = waits;
  PutOverlap overlap = new PutOverlap(Helper.by(Runnable::run), Duration.ZERO);
  boolean bisect;

  /** What an interceptor makes of what is polled. */
  UnaryOperator<ConsumerRecords<byte[], byte[]>> intercepted = polled -> polled;

  boolean paused;
  SinkRunner runner;

  SinkBench() {
    this(Protocol.EAGER);
  }

  SinkBench(Protocol protocol) {
    group = new SimulatedGroup(() -> time().nowMs(), protocol);
    group.create("in", 2);
    consumer = group.consumer(MAX_POLL);
  }

  private Waits time() {
    return time;
  }

  /** Appends records to a partition. */
  SinkBench send(TopicPartition partition, String... values) {
    for (String value : values) {
      group.append(
          new ConsumerRecord<>(
              partition.topic(),
              partition.partition(),
              0,
              null,
              value.getBytes(StandardCharsets.UTF_8)));
    }
    return this;
  }

  /** Makes the runner; it does its first steps until it has polled once. */
  SinkBench begin() {
    make();
    steps(3);
    return this;
  }

  void make() {
    runner =
        new SinkRunner(
            new SinkSetup(
                new TaskName("sink", 0),
                new TaskPlugin<SinkTask, SinkRecord>(
                    () -> task,
                    () -> Pipelines.strings(steps),
                    Map.of(),
                    SinkBench.class.getClassLoader()),
                new SinkInput(
                    this::intercepting, topics, new Membership(threads, MAX_POLL), overlap, bisect),
                new CommitSettings(Duration.ofMillis(500), Duration.ofMillis(300)),
                new ErrorHandling(errors(), reporters),
                new Environment(time, listener, counters, Pipelines::noMetrics, text -> text)),
            paused);
  }

  @SuppressWarnings("unchecked")
  private Consumer<byte[], byte[]> intercepting() {
    return (Consumer<byte[], byte[]>)
        Proxy.newProxyInstance(
            SinkBench.class.getClassLoader(),
            new Class<?>[] {Consumer.class},
            (proxy, method, arguments) -> {
              Object result = invoke(method, arguments);
              return method.getName().equals("poll")
                  ? intercepted.apply((ConsumerRecords<byte[], byte[]>) result)
                  : result;
            });
  }

  private Object invoke(Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(consumer, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  ErrorSettings errors() {
    return new ErrorSettings(
        Duration.ZERO, Duration.ofMinutes(1), tolerance, false, false, DeadLetterSettings.OFF);
  }

  /** So many steps, each a little later. */
  SinkBench steps(int count) {
    for (int i = 0; i < count; i++) {
      waits.advance(STEP_MS);
      assertThat(runner.step()).as("goes on, errors %s", listener.errors).isTrue();
    }
    return this;
  }

  /** Steps until it holds. */
  void until(BooleanSupplier condition) {
    for (int i = 0; i < 500 && !condition.getAsBoolean(); i++) {
      steps(1);
    }
    assertThat(condition.getAsBoolean()).isTrue();
  }

  /** Steps until the task has failed; with what. */
  Throwable failure() {
    boolean more = true;
    for (int i = 0; i < 500 && more; i++) {
      waits.advance(STEP_MS);
      more = runner.step();
    }
    assertThat(listener.reports).endsWith("failed");
    return listener.errors.getLast();
  }

  /** Stops it, to its end. */
  void stop() {
    runner.stop();
    assertThat(runner.step()).isFalse();
  }

  /** Another consumer of the group takes part until closed. */
  SimulatedConsumer other(org.apache.kafka.clients.consumer.ConsumerRebalanceListener listening) {
    SimulatedConsumer other = group.consumer(Duration.ofDays(1));
    other.subscribe(List.of("in"), listening);
    return other;
  }

  /** Keeps reports; they are safe when the test says so. */
  private final class Keep implements Reporter {
    @Override
    public CompletionStage<Void> report(ErrorReport report) {
      reports.add(report);
      return reported;
    }

    @Override
    public void close(Duration timeout) {
      // nothing is open
    }
  }
}

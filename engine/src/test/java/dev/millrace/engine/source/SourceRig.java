package dev.millrace.engine.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.CommitSettings;
import dev.millrace.engine.Counters;
import dev.millrace.engine.Environment;
import dev.millrace.engine.ErrorHandling;
import dev.millrace.engine.LaneSettings;
import dev.millrace.engine.Pipelines;
import dev.millrace.engine.RecordPipeline;
import dev.millrace.engine.RecordingListener;
import dev.millrace.engine.Reporters;
import dev.millrace.engine.Sample;
import dev.millrace.engine.TaskName;
import dev.millrace.engine.TaskPlugin;
import dev.millrace.engine.TopicCreator;
import dev.millrace.engine.TransformStep;
import dev.millrace.engine.Upkeep;
import dev.millrace.engine.VirtualWaits;
import dev.millrace.model.errors.DeadLetterSettings;
import dev.millrace.model.errors.ErrorSettings;
import dev.millrace.model.errors.Tolerance;
import dev.millrace.model.offsets.OffsetStore;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.apache.kafka.connect.source.TransactionContext;
import org.apache.kafka.connect.transforms.Transformation;

/** A source task that does as told, over a simulated Kafka; change what is public, then start. */
final class SourceRig {
  static final Duration INTERVAL = Duration.ofSeconds(60);
  static final Duration TIMEOUT = Duration.ofSeconds(5);
  static final String LETTERS = "dlq";

  final SimulatedKafka kafka = new SimulatedKafka();
  final SimulatedProcess process = SimulatedProcess.steady(kafka);
  final VirtualWaits waits = new VirtualWaits(process::goOn);
  final RecordingListener listener = new RecordingListener();
  final Map<Sample, Long> latest = new ConcurrentHashMap<>();
  final Counters counters = new Counters(latest::put);
  final Deque<Callable<List<SourceRecord>>> polls = new ArrayDeque<>();

  /** What the task was called, in order; polls that gave nothing are left out. */
  final List<String> calls = new ArrayList<>();

  Guarantee guarantee = Guarantee.AT_LEAST_ONCE;
  TransactionBoundary boundary = TransactionBoundary.POLL;
  Tolerance tolerance = Tolerance.NONE;
  boolean letters;

  /** Whether given-up records are logged, with their content. */
  boolean logged;

  /** How long an operation on a record is repeated. */
  Duration retries = Duration.ZERO;

  UnaryOperator<SourceRecord> transformation = record -> record;
  TopicCreator topics = TopicCreator.NONE;
  Executor aside = Runnable::run;
  Overlap overlap = Overlap.none();
  LaneSettings lanes = LaneSettings.ONE;

  /** What lies before the store. */
  UnaryOperator<OffsetStore> offsetStore = store -> store;

  Runnable onCommitRecord = () -> {};
  SourceRunner runner;

  /** Of a task of exactly once that defines its transactions. */
  TransactionContext transactions;

  /** A record of a source partition, with a number as value and offset. */
  static SourceRecord record(int partition, long number) {
    return record(Map.of("p", partition), Map.of("n", number), Long.toString(number));
  }

  static SourceRecord record(Map<String, ?> partition, Map<String, ?> offset, String value) {
    return new SourceRecord(partition, offset, "t", 0, null, null, Schema.STRING_SCHEMA, value);
  }

  SourceRig exactlyOnce(TransactionBoundary chosen) {
    guarantee = Guarantee.EXACTLY_ONCE;
    boundary = chosen;
    return this;
  }

  /** Creates and begins the task. */
  SourceRig start() {
    runner = new SourceRunner(setup(), false);
    return steps(2);
  }

  /** One poll that gives these records, and its sending. */
  SourceRig poll(SourceRecord... records) {
    polls.add(() -> List.of(records));
    return steps(1);
  }

  SourceRig steps(int count) {
    for (int i = 0; i < count; i++) {
      assertThat(runner.step()).as("goes on, %s", listener.errors).isTrue();
    }
    return this;
  }

  /** Time passes until a commit is due, and it is begun. */
  SourceRig commit() {
    waits.advance(INTERVAL.toMillis());
    runner.tick();
    return this;
  }

  /** The end as wanted by a user. */
  SourceRig stop() {
    runner.stop();
    assertThat(runner.step()).isFalse();
    assertThat(listener.errors).isEmpty();
    return this;
  }

  /** Steps until the task fails; the error. */
  Throwable failure() {
    for (int i = 0; i < 10 && runner.step(); i++) {
      // until it fails
    }
    assertThat(listener.errors).hasSize(1);
    return listener.errors.getFirst();
  }

  Map<String, Long> offsets() {
    return SimulatedProcess.offsets(kafka);
  }

  List<String> written() {
    return kafka.values("t");
  }

  private SourceSetup setup() {
    Environment environment =
        new Environment(waits, listener, counters, Pipelines::noMetrics, text -> text);
    Upkeep upkeep =
        new Upkeep(new CommitSettings(INTERVAL, TIMEOUT), Duration.ofSeconds(90), aside);
    return new SourceSetup(
        new TaskName("c", 0),
        new TaskPlugin<>(
            Task::new, this::pipeline, lanes, Map.of(), SourceRig.class.getClassLoader()),
        new SourceOutput(
            guarantee,
            boundary,
            () -> process.producer(guarantee == Guarantee.EXACTLY_ONCE ? "id" : null),
            Long.MAX_VALUE,
            () -> calls.add("fenced"),
            topic -> topics.ensure(topic),
            offsetStore.apply(process.store())),
        upkeep,
        overlap,
        errors(environment, upkeep),
        environment);
  }

  private ErrorHandling errors(Environment environment, Upkeep upkeep) {
    DeadLetterSettings queue =
        letters ? new DeadLetterSettings(LETTERS, (short) 1, true) : DeadLetterSettings.OFF;
    ErrorSettings settings =
        new ErrorSettings(retries, Duration.ZERO, tolerance, logged, logged, queue);
    return new ErrorHandling(
        settings,
        () ->
            Reporters.forSource(
                settings,
                environment,
                new Reporters.Queue(process::letterProducer, topic -> {}, upkeep)));
  }

  private RecordPipeline<SourceRecord> pipeline() {
    return Pipelines.strings(
        List.of(TransformStep.of("told", new Told(), SourceRig.class.getClassLoader())));
  }

  private final class Task extends SourceTask {
    @Override
    public void start(Map<String, String> config) {
      calls.add("start");
      transactions = context.transactionContext();
    }

    @Override
    public List<SourceRecord> poll() throws InterruptedException {
      if (polls.isEmpty()) {
        return null;
      }
      calls.add("poll");
      try {
        return polls.removeFirst().call();
      } catch (InterruptedException | RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void commitRecord(SourceRecord record, RecordMetadata metadata) {
      String how = metadata == null ? "left out" : metadata.topic();
      calls.add("commitRecord " + record.value() + " " + how);
      onCommitRecord.run();
    }

    @Override
    public void commit() {
      calls.add("commit");
    }

    @Override
    public void stop() {
      calls.add("stop");
    }

    @Override
    public String version() {
      return "1";
    }
  }

  private final class Told implements Transformation<SourceRecord> {
    @Override
    public SourceRecord apply(SourceRecord record) {
      return transformation.apply(record);
    }

    @Override
    public ConfigDef config() {
      return new ConfigDef();
    }

    @Override
    public void close() {}

    @Override
    public void configure(Map<String, ?> configs) {}
  }
}

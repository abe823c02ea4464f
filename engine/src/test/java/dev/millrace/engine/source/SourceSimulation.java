package dev.millrace.engine.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.CommitSettings;
import dev.millrace.engine.Count;
import dev.millrace.engine.Counters;
import dev.millrace.engine.Environment;
import dev.millrace.engine.ErrorHandling;
import dev.millrace.engine.LaneSettings;
import dev.millrace.engine.Pipelines;
import dev.millrace.engine.RecordPipeline;
import dev.millrace.engine.RecordingListener;
import dev.millrace.engine.Reporter;
import dev.millrace.engine.Reporters;
import dev.millrace.engine.TaskName;
import dev.millrace.engine.TaskPlugin;
import dev.millrace.engine.TransformStep;
import dev.millrace.engine.Upkeep;
import dev.millrace.engine.VirtualWaits;
import dev.millrace.model.errors.DeadLetterSettings;
import dev.millrace.model.errors.ErrorSettings;
import dev.millrace.model.errors.Tolerance;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.transforms.Transformation;

/**
 * A numbering source, killed at a random call, or failed because Kafka refuses a record, and begun
 * again, a random number of times. One seed is one run.
 */
final class SourceSimulation {
  private static final int LAST = 40;
  private static final int STEPS = 100_000;
  private static final ClassLoader LOADER = SourceSimulation.class.getClassLoader();
  private static final int REFUSED = 60;
  private static final ErrorSettings TOLERANT = errors(Tolerance.ALL);
  private static final ErrorSettings STRICT = errors(Tolerance.NONE);

  private static ErrorSettings errors(Tolerance tolerance) {
    return new ErrorSettings(
        Duration.ZERO,
        Duration.ZERO,
        tolerance,
        false,
        false,
        new DeadLetterSettings(Expectations.LETTERS, (short) 1, true));
  }

  private final SimulatedKafka kafka = new SimulatedKafka();
  private final Expectations expectations = new Expectations(kafka);
  private final Guarantee guarantee;
  private final TransactionBoundary boundary;
  private final Random random;

  /** Safety rules that a test switches off. */
  boolean acknowledgesEarly;

  UnaryOperator<Reporter> reporters = reporter -> reporter;

  SourceSimulation(Guarantee guarantee, TransactionBoundary boundary, long seed) {
    this.guarantee = guarantee;
    this.boundary = boundary;
    this.random = new Random(seed);
    kafka.largest = 1_000;
  }

  SimulatedKafka kafka() {
    return kafka;
  }

  /** Runs all lives; throws when a promise is broken. */
  void run() {
    int lives = random.nextInt(8);
    for (int life = 0; life < lives; life++) {
      live(1 + random.nextInt(200), random.nextInt(3) == 0 ? STRICT : TOLERANT);
    }
    assertThat(live(Integer.MAX_VALUE, TOLERANT)).as("came to its end").isTrue();
    expectations.checkAll(guarantee, NumberingTask.PARTITIONS, LAST);
  }

  /** Runs one life; whether it came to its end. In all but the last one it may fail. */
  private boolean live(int calls, ErrorSettings errors) {
    SimulatedProcess process = new SimulatedProcess(kafka, random, calls);
    process.acknowledgesEarly = acknowledgesEarly;
    process.refused = calls < Integer.MAX_VALUE && refusalFails(errors) ? REFUSED : 0;
    SteppedHelper helper = new SteppedHelper();
    VirtualWaits waits =
        new VirtualWaits(
            () -> {
              helper.steps(1 + random.nextInt(3));
              return process.goOn();
            });
    RecordingListener listener = new RecordingListener();
    NumberingTask task = new NumberingTask(process, expectations, random, LAST);
    Counters counters = new Counters();
    Environment environment =
        new Environment(waits, listener, counters, Pipelines::noMetrics, text -> text);
    SourceRunner runner =
        new SourceRunner(setup(process, task, environment, helper, errors), false);
    process.meanwhile = () -> meanwhile(runner, process, waits, helper);
    int steps = 0;
    while (runner.step()) {
      assertThat(steps++).isLessThan(STEPS);
      waits.advance(random.nextInt(20));
      process.goOn();
      helper.steps(random.nextInt(4));
      signal(runner, process);
      if (task.done()) {
        process.faults = false;
        runner.resume();
      }
      boolean finished = task.done() && counters.get(Count.SOURCE_ACTIVE) == 0;
      if (finished || (calls < Integer.MAX_VALUE && random.nextInt(100) == 0)) {
        runner.stop();
      }
    }
    return process.alive() && ended(listener, task, calls < Integer.MAX_VALUE);
  }

  /** Where it is tolerated, what comes behind a refused record may be written before it. */
  private boolean refusalFails(ErrorSettings errors) {
    return guarantee == Guarantee.EXACTLY_ONCE || errors.tolerance() == Tolerance.NONE;
  }

  /** What other threads do while the task is inside its poll. */
  private void meanwhile(
      SourceRunner runner, SimulatedProcess process, VirtualWaits waits, SteppedHelper helper) {
    for (int i = random.nextInt(8); i > 0 && helper.busy() && process.alive(); i--) {
      waits.advance(random.nextInt(20));
      helper.step();
      process.goOn();
      if (process.alive()) {
        signal(runner, process);
      }
    }
  }

  private void signal(SourceRunner runner, SimulatedProcess process) {
    if (random.nextInt(20) == 0) {
      tick(runner, process);
    }
    if (random.nextInt(50) == 0) {
      runner.pause();
    } else if (random.nextInt(10) == 0) {
      runner.resume();
    }
  }

  /** A tick from a timer thread dies with its process. */
  private static void tick(SourceRunner runner, SimulatedProcess process) {
    try {
      runner.tick();
    } catch (SimulatedProcess.Killed e) {
      assertThat(process.alive()).isFalse();
    }
  }

  private static boolean ended(RecordingListener listener, NumberingTask task, boolean mayFail) {
    assertThat(listener.errors)
        .allMatch(error -> mayFail && error instanceof ConnectException, "is a failure to write");
    assertThat(listener.reports.getLast())
        .isEqualTo(listener.errors.isEmpty() ? "stopped" : "failed");
    assertThat(task.stopped).isEqualTo(task.started);
    return true;
  }

  private SourceSetup setup(
      SimulatedProcess process,
      NumberingTask task,
      Environment environment,
      SteppedHelper helper,
      ErrorSettings errors) {
    boolean exactlyOnce = guarantee == Guarantee.EXACTLY_ONCE;
    Upkeep upkeep =
        new Upkeep(
            new CommitSettings(Duration.ofMillis(200), Duration.ofSeconds(2)),
            Duration.ofMillis(50),
            Runnable::run);
    SourceOutput output =
        new SourceOutput(
            guarantee,
            boundary,
            () -> process.producer(exactlyOnce ? "numbers-0" : null),
            random.nextBoolean() ? Long.MAX_VALUE : 1 + random.nextInt(20),
            () -> {},
            this::ensure,
            process.store());
    return new SourceSetup(
        new TaskName("numbers", 0),
        new TaskPlugin<>(
            () -> task,
            this::pipeline,
            new LaneSettings(1 + random.nextInt(3), helper),
            Map.of(),
            LOADER),
        output,
        upkeep,
        new Overlap(helper, new AtRandom()),
        new ErrorHandling(errors, () -> reporters(process, environment, upkeep)),
        environment);
  }

  /** Whether it pays does not matter here. */
  private final class AtRandom implements Overlap.Choice {
    @Override
    public void sent(long pollNanos, long sendNanos) {
      assertThat(pollNanos).isPositive();
      assertThat(sendNanos).isNotNegative();
    }

    @Override
    public boolean wanted() {
      return random.nextInt(3) > 0;
    }
  }

  private void ensure(String topic) {
    if (random.nextInt(3) == 0) {
      throw new RetriableException("no leader yet");
    }
  }

  private List<Reporter> reporters(
      SimulatedProcess process, Environment environment, Upkeep upkeep) {
    return Reporters.forSource(
            TOLERANT,
            environment,
            new Reporters.Queue(process::letterProducer, topic -> {}, upkeep))
        .stream()
        .map(reporters)
        .toList();
  }

  private RecordPipeline<SourceRecord> pipeline() {
    return Pipelines.strings(List.of(TransformStep.of("picky", new Picky(), LOADER)));
  }

  /**
   * Drops every seventh number, fails at every eleventh, and makes every thirteenth too large where
   * that is tolerated.
   */
  private final class Picky implements Transformation<SourceRecord> {
    @Override
    public SourceRecord apply(SourceRecord record) {
      long number = Long.parseLong((String) record.value());
      if (number % 7 == 0) {
        expectations.mayMiss(record.kafkaPartition(), number);
        return null;
      }
      if (number % 11 == 0) {
        throw new DataException("no elevens");
      }
      boolean large = number % 13 == 0 && guarantee == Guarantee.AT_LEAST_ONCE;
      return large ? inflated(record) : record;
    }

    private SourceRecord inflated(SourceRecord record) {
      return record.newRecord(
          record.topic(),
          record.kafkaPartition(),
          record.keySchema(),
          record.key(),
          record.valueSchema(),
          record.value() + " ".repeat(kafka.largest),
          record.timestamp());
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

package dev.millrace.engine.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.ErrorReport;
import dev.millrace.engine.Reporter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The promises of sources, kept through kills at every kind of call; and that the simulation
 * notices when a rule they rest on is broken. {@code -Dmillrace.seeds=100000} runs more, as {@code
 * -Psimulations} does.
 */
class SourceSimulationTest {
  private static final long FIRST = Long.getLong("millrace.seeds.first", 0);
  private static final long SEEDS = Long.getLong("millrace.seeds", 200);
  private static final int BROKEN_SEEDS = 300;
  private static final TransactionBoundary INTERVAL =
      new TransactionBoundary.Interval(Duration.ofMillis(100));

  private record Kind(String name, LongFunction<SourceSimulation> simulation) {}

  private static final Kind AT_LEAST_ONCE =
      new Kind(
          "at least once",
          seed -> new SourceSimulation(Guarantee.AT_LEAST_ONCE, TransactionBoundary.POLL, seed));
  private static final Kind POLL = exactlyOnce("poll", TransactionBoundary.POLL);
  private static final Kind CONNECTOR =
      exactlyOnce("connector", new TransactionBoundary.Connector());

  private static Kind exactlyOnce(String name, TransactionBoundary boundary) {
    return new Kind(
        "exactly once, " + name,
        seed -> new SourceSimulation(Guarantee.EXACTLY_ONCE, boundary, seed));
  }

  @TestFactory
  Stream<DynamicTest> promisesAreKeptThroughKills() {
    return Stream.of(AT_LEAST_ONCE, POLL, exactlyOnce("interval", INTERVAL), CONNECTOR)
        .map(kind -> DynamicTest.dynamicTest(kind.name(), () -> keepsItsPromise(kind)));
  }

  private static void keepsItsPromise(Kind kind) {
    for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
      try {
        kind.simulation().apply(seed).run();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("Seed " + seed + " of " + kind.name() + ": " + e.getMessage(), e);
      }
    }
  }

  @Test
  void anAcknowledgementBeforeTheRecordIsThereIsNoticed() {
    noticed(AT_LEAST_ONCE, simulation -> simulation.acknowledgesEarly = true);
  }

  @Test
  void aReportThatCountsAsSafeTooEarlyIsNoticed() {
    for (Kind kind : List.of(AT_LEAST_ONCE, POLL)) {
      noticed(kind, simulation -> simulation.reporters = Hasty::new);
    }
  }

  @Test
  void aTransactionThatAPredecessorLeavesOpenIsNoticed() {
    noticed(POLL, simulation -> simulation.kafka().leavesTransactionsOpen = true);
  }

  @Test
  void anAbortThatCommitsIsNoticed() {
    noticed(POLL, simulation -> simulation.kafka().forgetsAborts = true);
  }

  /** Some seed breaks a promise. */
  private static void noticed(Kind kind, Consumer<SourceSimulation> change) {
    assertThat(Stream.iterate(0L, seed -> seed + 1).limit(BROKEN_SEEDS))
        .as("A seed of %s that breaks a promise", kind.name())
        .anyMatch(seed -> breaks(kind.simulation().apply(seed), change));
  }

  private static boolean breaks(SourceSimulation simulation, Consumer<SourceSimulation> change) {
    change.accept(simulation);
    try {
      simulation.run();
      return false;
    } catch (AssertionError e) {
      return true;
    }
  }

  /** Says that its reports are safe as soon as they are on their way. */
  private record Hasty(Reporter reporter) implements Reporter {
    @Override
    public CompletionStage<Void> report(ErrorReport report) {
      var unused = reporter.report(report);
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void close(Duration timeout) {
      reporter.close(timeout);
    }
  }
}

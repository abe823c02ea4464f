package dev.millrace.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.cli.demo.Inserter;
import dev.millrace.cli.demo.Latencies;
import dev.millrace.cli.demo.LatencyProbe;
import dev.millrace.cli.demo.LiveTable;
import dev.millrace.cli.demo.Snapshot;
import dev.millrace.cli.demo.TopicIds;
import dev.millrace.cli.demo.Verification;
import dev.millrace.cli.demo.VisitTable;
import dev.millrace.worker.QueryException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The running demo: what inserts, what measures, and the picture. Owned by the command's thread;
 * the threads it starts share only what is atomic or locks itself.
 */
final class DemoShow {
  private static final String CONNECTOR = "user-visits.visits";
  private static final String TOPIC = "user_data";
  private static final long MOST_PROBES = 20;
  private static final Duration PAINT = Duration.ofMillis(500);
  private static final Duration LINE = Duration.ofSeconds(2);
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final Duration STUCK = Duration.ofSeconds(60);
  private static final Duration SETTLING = Duration.ofSeconds(3);
  private static final Duration JOIN = Duration.ofSeconds(15);

  private final Outside outside;
  private final LocalRuntime runtime;
  private final VisitTable table;
  private final Scene scene;
  private final Latencies latencies = new Latencies();
  private final AtomicLong records = new AtomicLong();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private final long begun = System.nanoTime();
  private final RateMeter rate = new RateMeter();

  /** What the show is about. */
  record Scene(Demo.Plan plan, Path dataDir, String kafka, Path log) {}

  DemoShow(Outside outside, LocalRuntime runtime, VisitTable table, Scene scene) {
    this.outside = outside;
    this.runtime = runtime;
    this.table = table;
    this.scene = scene;
  }

  /** Until all is counted, the user stops it, or something fails. */
  Demo.Ending run() {
    Thread follower = background("topic-reader", this::follow);
    List<Thread> writers = startWriters();
    try {
      return watch(writers);
    } finally {
      ended.countDown();
      join(follower);
      writers.forEach(DemoShow::join);
    }
  }

  private void follow() {
    TopicIds.follow(scene.kafka(), TOPIC, records, () -> ended.getCount() == 0);
  }

  /** In a finite demo the probe's rows are some of the rows; they come last. */
  private List<Thread> startWriters() {
    var plan = scene.plan();
    long probes = plan.isFinite() ? Math.min(MOST_PROBES, plan.rows() / 20) : Long.MAX_VALUE;
    long others = plan.isFinite() ? plan.rows() - probes : plan.rows();
    var inserter =
        new Inserter(table, new Inserter.Plan(others, plan.rate(), plan.users()), this::pauseOrEnd);
    var probe =
        new LatencyProbe(
            table, probes, () -> count(LatencyProbe.USER), this::pauseOrEnd, latencies);
    Thread insertion = background("visits", inserter);
    Thread measurement =
        background(
            "latency-probe",
            () -> {
              if ((!plan.isFinite() || awaitEnd(insertion)) && awaitCounts()) {
                probe.run();
              }
            });
    return List.of(insertion, measurement);
  }

  /** True when the thread has ended; false when the demo ends before. */
  private boolean awaitEnd(Thread thread) {
    while (thread.isAlive()) {
      if (pauseOrEnd(LOOK)) {
        return false;
      }
    }
    return true;
  }

  /** True when the flow has caught up with what there was; false when the demo ends. */
  private boolean awaitCounts() {
    while (!hasCaughtUp()) {
      if (pauseOrEnd(Duration.ofMillis(200))) {
        return false;
      }
    }
    return !pauseOrEnd(Duration.ZERO);
  }

  private boolean hasCaughtUp() {
    SortedMap<Integer, Long> rows = table.rowsByUser();
    long counted = total(counts(rows));
    return counted > 0 && counted >= total(rows) - scene.plan().rate();
  }

  private Demo.Ending watch(List<Thread> writers) {
    var painter = new Painter(outside.out(), outside.interactive());
    long lastPaint = 0;
    long lastChange = System.nanoTime();
    String before = "";
    while (true) {
      long looked = System.nanoTime();
      Snapshot now = snapshot();
      boolean complete = isComplete(now, writers);
      if (complete || looked - lastPaint >= paintEvery().toNanos()) {
        painter.paint(now);
        lastPaint = looked;
      }
      String position = now.rows() + "/" + now.records() + "/" + now.counted();
      if (!position.equals(before) || now.lag() == 0) {
        before = position;
        lastChange = looked;
      }
      Optional<Demo.Ending> ending = ending(now, complete, looked - lastChange);
      if (ending.isPresent()) {
        return ending.get();
      }
      // counting many rows takes its time: spend at most a tenth of it
      long pause = Math.max(LOOK.toNanos(), 10 * (System.nanoTime() - looked));
      outside.stop().await(Duration.ofNanos(Math.min(pause, LINE.toNanos())));
    }
  }

  private Duration paintEvery() {
    return outside.interactive() ? PAINT : LINE;
  }

  private boolean isComplete(Snapshot now, List<Thread> writers) {
    return scene.plan().isFinite()
        && failures.isEmpty()
        && writers.stream().noneMatch(Thread::isAlive)
        && now.lag() == 0
        && now.records() >= now.rows();
  }

  private Optional<Demo.Ending> ending(Snapshot now, boolean complete, long unchangedNanos) {
    if (!failures.isEmpty()) {
      return Optional.of(failed(now, failures.get(0).getMessage()));
    }
    if (complete) {
      return Optional.of(verified());
    }
    if (outside.stop().isAsked()) {
      boolean unfinished = scene.plan().isFinite();
      String line = unfinished ? "Stopped before all rows were counted." : "";
      return Optional.of(
          new Demo.Ending(
              unfinished ? 1 : 0, line.isEmpty() ? List.of() : List.of(line), Optional.empty()));
    }
    if (runtime.worker().death().isCompletedExceptionally()) {
      return Optional.of(failed(now, "The worker died."));
    }
    Optional<String> stage =
        now.states().entrySet().stream()
            .filter(e -> e.getValue().startsWith("failed"))
            .map(e -> "The stage %s has failed.".formatted(e.getKey()))
            .findFirst();
    if (stage.isPresent()) {
      return Optional.of(failed(now, stage.get()));
    }
    if (unchangedNanos > STUCK.toNanos()) {
      return Optional.of(
          failed(
              now,
              "Nothing has moved for %d s, and %d rows are not counted."
                  .formatted(STUCK.toSeconds(), now.lag())));
    }
    return Optional.empty();
  }

  private Demo.Ending failed(Snapshot now, String what) {
    List<String> lines = new ArrayList<>(List.of("error: " + what));
    now.states().forEach((stage, state) -> lines.add("  %-22s %s".formatted(stage, state)));
    lines.add("  " + LiveTable.line(now));
    lines.add("  The log: " + scene.log());
    return new Demo.Ending(1, lines, Optional.empty());
  }

  private Demo.Ending verified() {
    outside.out().println("Comparing every row of the database with the topic and the counts…");
    Verification found = settled();
    List<String> lines = found.differences().stream().map(difference -> "  " + difference).toList();
    return new Demo.Ending(found.isRight() ? 0 : 1, lines, Optional.of(found.summary()));
  }

  /** Records that repeat a row can make all look complete early: compares until nothing moves. */
  private Verification settled() {
    long deadline = System.nanoTime() + STUCK.toNanos();
    Verification found = compared();
    while (!found.isRight() && System.nanoTime() < deadline && !pauseOrEnd(SETTLING)) {
      Verification again = compared();
      if (again.equals(found)) {
        break;
      }
      found = again;
    }
    return found;
  }

  private Verification compared() {
    SortedMap<Integer, Long> rows = table.rowsByUser();
    return Verification.of(table.ids(), TopicIds.readAll(scene.kafka(), TOPIC), rows, counts(rows));
  }

  private Snapshot snapshot() {
    SortedMap<Integer, Long> rows = table.rowsByUser();
    SortedMap<Integer, Long> counts = counts(rows);
    long counted = total(counts);
    return new Snapshot(
        Duration.ofNanos(System.nanoTime() - begun),
        counts,
        total(rows),
        records.get(),
        rate.perSecond(System.nanoTime(), counted),
        latencies.summary(),
        StageStates.of(runtime.worker()),
        footer());
  }

  /** The processor's counts of these users; those it has none of are left out. */
  private SortedMap<Integer, Long> counts(SortedMap<Integer, Long> rows) {
    SortedMap<Integer, Long> counts = new TreeMap<>();
    for (int user : rows.keySet()) {
      long count = count(user);
      if (count > 0) {
        counts.put(user, count);
      }
    }
    return counts;
  }

  private long count(int user) {
    try {
      return runtime
          .worker()
          .query(CONNECTOR, Integer.toString(user))
          .flatMap(row -> Json.read(row.getBytes(StandardCharsets.UTF_8)))
          .map(row -> row.path("visits"))
          .map(JsonNode::asLong)
          .orElse(0L);
    } catch (QueryException e) { // not there yet, or being restored
      return 0;
    }
  }

  private static long total(SortedMap<Integer, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  private List<String> footer() {
    String program = System.getProperty("millrace.command", "millrace");
    return LiveTable.footer(program, scene.dataDir(), runtime.restUrl(), scene.log());
  }

  // ---- threads

  private Thread background(String name, Runnable work) {
    return Thread.ofPlatform()
        .daemon()
        .name("demo-" + name)
        .start(
            () -> {
              try {
                work.run();
              } catch (RuntimeException | Error e) {
                if (ended.getCount() > 0) {
                  failures.add(e);
                }
              }
            });
  }

  /** Waits so long; true when the demo ends. */
  private boolean pauseOrEnd(Duration pause) {
    try {
      return ended.await(pause.toNanos(), TimeUnit.NANOSECONDS) || outside.stop().isAsked();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join(JOIN);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

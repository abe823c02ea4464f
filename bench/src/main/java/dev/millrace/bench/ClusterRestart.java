package dev.millrace.bench;

import dev.millrace.bench.NoteBook.Note;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** One of two workers is stopped and started again, as for a new version. */
@Command(
    name = "cluster-restart",
    mixinStandardHelpOptions = true,
    description = "One of two workers is restarted on purpose: what becomes of its work.")
final class ClusterRestart implements Callable<Integer> {

  private static final Duration SETTLE = Duration.ofSeconds(5);
  private static final Duration STOP = Duration.ofMinutes(2);

  @Mixin private ClusterOptions options;

  @Option(
      names = "--hold",
      description =
          "For how many seconds work may wait for the worker; 0 moves it at once. Default:"
              + " ${DEFAULT-VALUE}, as Kafka Connect has it, which then gives it to nobody for so"
              + " long.")
  private int hold = 300;

  @Override
  public Integer call() throws IOException, InterruptedException {
    String millis = Long.toString(Duration.ofSeconds(hold).toMillis());
    return options.run(
        "cluster-restart-hold-" + hold,
        Map.of("holdSeconds", hold),
        contestant ->
            switch (contestant) {
              case KAFKA_CONNECT -> Map.of("scheduled.rebalance.max.delay.ms", millis);
              case MILLRACE, MILLRACE_CACHED -> Map.of("millrace.restart.hold.ms", millis);
            },
        this::measure);
  }

  private void measure(Contestant contestant, Cluster cluster, Map<String, Double> figures)
      throws IOException, InterruptedException {
    int connectors = options.connectors();
    Worker first = cluster.start("first");
    Worker second = cluster.start("second");
    cluster.create(first, connectors);
    cluster.awaitRunning(first, connectors);
    cluster.awaitBalanced(connectors);
    Await.pass(SETTLE);
    long began = System.currentTimeMillis();
    boolean graceful = second.process().end(STOP);
    double stop = (System.currentTimeMillis() - began) / 1e3;
    Worker again = cluster.start("second");
    cluster.awaitBalanced(connectors);
    cluster.awaitRunning(first, connectors);
    long end = cluster.notes().last("task-start");
    Await.pass(SETTLE);
    List<Note> notes = cluster.notes().since(began);
    Samples away = away(notes);
    figures.put("seconds from the signal until all runs balanced", (end - began) / 1e3);
    figures.put("seconds of the stop", graceful ? stop : Double.NaN);
    figures.put("a task does not run, median ms", away.median());
    figures.put("a task does not run, max ms", away.max());
    figures.put("tasks that ran elsewhere or moved", moved(notes, again.process().pid()));
  }

  /** From each stop of a task to its next start. */
  private static Samples away(List<Note> notes) {
    Samples away = new Samples();
    Map<String, Long> stopped = new HashMap<>();
    for (Note note : notes) {
      if (note.is("task-stop")) stopped.put(note.connector(), note.millis());
      if (note.is("task-start") && stopped.containsKey(note.connector())) {
        away.add((double) (note.millis() - stopped.remove(note.connector())));
      }
    }
    return away;
  }

  private static double moved(List<Note> notes, long again) {
    var moved = new TreeSet<String>();
    notes.stream()
        .filter(note -> note.is("task-start") && note.pid() != again)
        .forEach(note -> moved.add(note.connector()));
    return moved.size();
  }
}

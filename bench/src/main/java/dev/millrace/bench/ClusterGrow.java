package dev.millrace.bench;

import dev.millrace.bench.NoteBook.Note;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** A second worker comes to one that has all the work. */
@Command(
    name = "cluster-grow",
    mixinStandardHelpOptions = true,
    description = "A second worker is started: until the work is balanced.")
final class ClusterGrow implements Callable<Integer> {

  private static final Duration SETTLE = Duration.ofSeconds(5);

  @Mixin private ClusterOptions options;

  @Override
  public Integer call() throws IOException, InterruptedException {
    return options.run("cluster-grow", Map.of(), this::measure);
  }

  private void measure(Contestant contestant, Cluster cluster, Map<String, Double> figures)
      throws IOException, InterruptedException {
    int connectors = options.connectors();
    Worker first = cluster.start("first");
    cluster.create(first, connectors);
    cluster.awaitRunning(first, connectors);
    Await.pass(SETTLE);
    long began = System.currentTimeMillis();
    Worker second = cluster.start("second");
    double ready = (System.currentTimeMillis() - began) / 1e3;
    cluster.awaitBalanced(connectors);
    long end = cluster.notes().last("task-start");
    Await.pass(SETTLE);
    List<Note> notes = cluster.notes().since(began);
    long newPid = second.process().pid();
    figures.put("seconds from the process's start until balanced", (end - began) / 1e3);
    figures.put("seconds until the second worker takes requests", ready);
    Samples moves = moves(notes, newPid);
    figures.put("a moving task does not run, median ms", moves.median());
    figures.put("a moving task does not run, max ms", moves.max());
    figures.put("starts of tasks that stay", stays(notes, newPid));
  }

  /** From a task's stop on the first worker to its start on the second. */
  static Samples moves(List<Note> notes, long to) {
    Samples moves = new Samples();
    Map<String, Long> stopped = new HashMap<>();
    for (Note note : notes) {
      if (note.is("task-stop")) stopped.put(note.connector(), note.millis());
      if (note.is("task-start") && note.pid() == to && stopped.containsKey(note.connector())) {
        moves.add((double) (note.millis() - stopped.remove(note.connector())));
      }
    }
    return moves;
  }

  private static double stays(List<Note> notes, long newPid) {
    return notes.stream().filter(note -> note.is("task-start") && note.pid() != newPid).count();
  }
}

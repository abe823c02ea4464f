package dev.millrace.cli;

import dev.millrace.model.ClusterState;
import dev.millrace.model.Waiting;
import dev.millrace.model.WorkId;
import dev.millrace.model.WorkStatus;
import dev.millrace.worker.StatusBoard;
import dev.millrace.worker.WorkerApi;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The states of stages in a few words. Stateless. */
final class StageStates {
  private static final int LONGEST_REASON = 300;
  private static final String WAITING = ", waiting for ";

  private StageStates() {}

  /** Each connector of the worker and its state, such as {@code running (1 task)}. */
  static SortedMap<String, String> of(WorkerApi worker) {
    ClusterState state = worker.state();
    SortedMap<String, String> states = new TreeMap<>();
    for (String connector : state.connectors().keySet()) {
      states.put(connector, of(connector, worker.statuses()));
    }
    return states;
  }

  private static String of(String connector, StatusBoard statuses) {
    List<WorkStatus> tasks =
        statuses.tasksOf(connector).values().stream().map(StatusBoard.Entry::status).toList();
    List<WorkStatus> all = new ArrayList<>(tasks);
    statuses.of(WorkId.instance(connector)).ifPresent(entry -> all.add(0, entry.status()));
    return describe(all, tasks) + waiting(connector, statuses);
  }

  /** What the longest waiting part of the connector waits for. */
  private static String waiting(String connector, StatusBoard statuses) {
    return Stream.concat(Stream.of(-1), statuses.tasksOf(connector).keySet().stream())
        .flatMap(task -> statuses.waiting(new WorkId(connector, task)).stream())
        .min(Comparator.comparingLong(Waiting::sinceMs))
        .map(waiting -> WAITING + shortened(waiting.what()))
        .orElse("");
  }

  /** The state without the reason, which may read differently at each attempt. */
  static String headline(String state) {
    int reason = state.indexOf(": ");
    return reason < 0 ? state : state.substring(0, reason);
  }

  /** A state for all of it: a failure first, then what most tasks do. */
  static String describe(List<WorkStatus> all, List<WorkStatus> tasks) {
    for (WorkStatus status : all) {
      if (status.phase() == WorkStatus.Phase.FAILED) {
        return "failed: " + reason(status.detail());
      }
    }
    if (tasks.isEmpty()) {
      return all.isEmpty() ? "waiting" : word(all.get(0).phase());
    }
    Map<WorkStatus.Phase, Long> phases =
        tasks.stream()
            .collect(Collectors.groupingBy(WorkStatus::phase, TreeMap::new, Collectors.counting()));
    if (phases.size() == 1) {
      return "%s (%s)".formatted(word(tasks.get(0).phase()), count(tasks.size()));
    }
    return phases.entrySet().stream()
        .map(e -> "%d %s".formatted(e.getValue(), word(e.getKey())))
        .collect(Collectors.joining(", "));
  }

  private static String word(WorkStatus.Phase phase) {
    return phase.name().toLowerCase(Locale.ROOT);
  }

  private static String count(int tasks) {
    return tasks == 1 ? "1 task" : tasks + " tasks";
  }

  /** The first line of a trace, without the exception's package, and its last cause. */
  static String reason(String trace) {
    String first = "";
    String cause = "";
    for (String line : trace.lines().toList()) {
      if (first.isEmpty()) {
        first = line.strip();
      } else if (line.startsWith("Caused by: ")) {
        cause = line.substring("Caused by: ".length()).strip();
      }
    }
    String reason = withoutPackage(first);
    String last = withoutPackage(cause);
    String all = last.isEmpty() || reason.contains(last) ? reason : reason + " ← " + last;
    return shortened(all);
  }

  private static String shortened(String text) {
    return text.length() <= LONGEST_REASON ? text : text.substring(0, LONGEST_REASON) + "…";
  }

  private static String withoutPackage(String line) {
    return line.replaceFirst("^(?:[a-z][\\w]*\\.)+(\\w+(?:Exception|Error): )", "");
  }
}

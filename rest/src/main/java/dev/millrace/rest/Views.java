package dev.millrace.rest;

import dev.millrace.model.ConnectorState;
import dev.millrace.model.WorkId;
import dev.millrace.worker.StatusBoard;
import dev.millrace.worker.WorkerApi;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * What connectors look like in answers: fields, their order, and which are left out (compat: REST
 * §1, §6). Maps keep the order of their fields. Thread-safe.
 */
final class Views {

  static final String UNASSIGNED = "UNASSIGNED";
  private static final String RESTARTING = "RESTARTING";
  private static final String NO_VERSION = "undefined"; // as plugins report it

  private final WorkerApi worker;

  Views(WorkerApi worker) {
    this.worker = worker;
  }

  /** {@code name, config, tasks, type}. */
  Map<String, Object> info(String name, ConnectorState connector) {
    return info(name, connector.config(), connector.tasks().size());
  }

  /** The same of a connector that may be gone again. */
  Map<String, Object> info(String name, Map<String, String> config, int tasks) {
    var view = new LinkedHashMap<String, Object>();
    view.put("name", name);
    view.put("config", config);
    view.put("tasks", IntStream.range(0, tasks).mapToObj(task -> taskId(name, task)).toList());
    view.put("type", type(config));
    return view;
  }

  /** {@code connector, task}. */
  static Map<String, Object> taskId(String connector, int task) {
    var view = new LinkedHashMap<String, Object>();
    view.put("connector", connector);
    view.put("task", task);
    return view;
  }

  /** {@code name, connector, tasks, type}; empty when the connector has no status. */
  Optional<Map<String, Object>> status(String name) {
    return status(name, (id, entry) -> false);
  }

  /** Chooses work by its id and status. */
  @FunctionalInterface
  interface Selection {
    boolean contains(WorkId id, StatusBoard.Entry entry);
  }

  /** The same, showing the selected work as about to be restarted. */
  Optional<Map<String, Object>> status(String name, Selection restarting) {
    var id = WorkId.instance(name);
    var tasks = worker.statuses().tasksOf(name);
    return worker
        .statuses()
        .of(id)
        .map(
            entry -> {
              var view = new LinkedHashMap<String, Object>();
              view.put("name", name);
              view.put("connector", state(id, entry, e -> restarting.contains(id, e)));
              view.put("tasks", tasks(name, tasks, restarting));
              view.put("type", type(configOf(name)));
              return view;
            });
  }

  private static List<Map<String, Object>> tasks(
      String name, SortedMap<Integer, StatusBoard.Entry> tasks, Selection restarting) {
    return tasks.entrySet().stream()
        .map(
            task -> {
              var id = new WorkId(name, task.getKey());
              return state(id, task.getValue(), e -> restarting.contains(id, e));
            })
        .toList();
  }

  /** {@code id?, state, worker_id, version?, trace?}. */
  static Map<String, Object> state(WorkId id, StatusBoard.Entry entry) {
    return state(id, entry, e -> false);
  }

  private static Map<String, Object> state(
      WorkId id, StatusBoard.Entry entry, Predicate<StatusBoard.Entry> restarting) {
    var view = new LinkedHashMap<String, Object>();
    if (!id.isInstance()) view.put("id", id.task());
    view.put("state", restarting.test(entry) ? RESTARTING : stateName(id, entry));
    view.put("worker_id", entry.worker());
    if (!entry.version().equals(NO_VERSION)) {
      view.put("version", entry.version().isEmpty() ? null : entry.version());
    }
    if (!entry.status().detail().isEmpty()) view.put("trace", entry.status().detail());
    return view;
  }

  /** The state's name in Kafka Connect's vocabulary, which has fewer. */
  static String stateName(WorkId id, StatusBoard.Entry entry) {
    return switch (entry.status().phase()) {
      case RUNNING -> "RUNNING";
      case PAUSED -> "PAUSED";
      case FAILED -> "FAILED";
      case STOPPED -> id.isInstance() ? "STOPPED" : UNASSIGNED;
      case STARTING, STOPPING, ABANDONED -> UNASSIGNED;
    };
  }

  /** {@code message}. */
  static Map<String, Object> message(String text) {
    return Map.of("message", text);
  }

  /** {@code source}, {@code sink} or {@code unknown}. */
  String type(Map<String, String> config) {
    return worker.typeOf(config).name().toLowerCase(Locale.ROOT);
  }

  private Map<String, String> configOf(String name) {
    return worker.state().connector(name).map(ConnectorState::config).orElse(Map.of());
  }
}

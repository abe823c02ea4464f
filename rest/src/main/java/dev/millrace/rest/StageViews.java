package dev.millrace.rest;

import dev.millrace.model.ConnectorState;
import dev.millrace.model.WorkId;
import dev.millrace.worker.WorkerApi;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeSet;

/** What the stages of a topology look like in answers. Thread-safe. */
final class StageViews {

  private static final String STAGE_KEY = "topology.stage";
  private static final List<String> FLOW = List.of("source", "processor", "sink", "unknown");

  private final WorkerApi worker;
  private final Views views;

  StageViews(WorkerApi worker) {
    this.worker = worker;
    this.views = new Views(worker);
  }

  /** Name of the stage that a connector is; the connector's own when it does not say. */
  static String stageOf(String name, ConnectorState connector) {
    return connector.config().getOrDefault(STAGE_KEY, name);
  }

  /** The stages in the direction of the flow: sources, processors, sinks; each by name. */
  List<Map<String, Object>> of(SortedMap<String, ConnectorState> connectors) {
    return connectors.entrySet().stream()
        .map(entry -> new Stage(entry.getKey(), kind(entry.getValue()), entry.getValue()))
        .sorted(
            Comparator.<Stage>comparingInt(stage -> FLOW.indexOf(stage.kind()))
                .thenComparing(stage -> stageOf(stage.name(), stage.connector())))
        .map(this::view)
        .toList();
  }

  /** One connector, whether or not it belongs to a topology. */
  Map<String, Object> of(String name, ConnectorState connector) {
    return view(new Stage(name, kind(connector), connector));
  }

  private record Stage(String name, String kind, ConnectorState connector) {}

  private Map<String, Object> view(Stage stage) {
    var config = stage.connector().config();
    var id = WorkId.instance(stage.name());
    var view = new LinkedHashMap<String, Object>();
    view.put("connector", stage.name());
    view.put("stage", stageOf(stage.name(), stage.connector()));
    view.put("kind", stage.kind());
    var topics = read(config);
    if (!topics.isEmpty()) view.put("topics", topics);
    if (config.containsKey("topic")) view.put("topic", config.get("topic"));
    view.putAll(state(id));
    view.put(
        "tasks",
        worker.statuses().tasksOf(stage.name()).keySet().stream()
            .map(task -> state(new WorkId(stage.name(), task)))
            .toList());
    return view;
  }

  private Map<String, Object> state(WorkId id) {
    return worker
        .statuses()
        .of(id)
        .map(entry -> withWaiting(id, withTrouble(id, Views.state(id, entry))))
        .map(view -> withReason(id, view))
        .orElseGet(() -> withReason(id, new LinkedHashMap<>(Map.of("state", Views.UNASSIGNED))));
  }

  /** Why nobody runs it. */
  private Map<String, Object> withReason(WorkId id, Map<String, Object> view) {
    if (view.get("state").equals(Views.UNASSIGNED)) view.put("reason", reason(id));
    return view;
  }

  private String reason(WorkId id) {
    var members = worker.members();
    var holder = worker.state().holders().get(id);
    if (members.leader().isEmpty()) {
      return ("This worker knows no leader of the group. " + worker.stage()).strip();
    }
    if (holder == null) {
      return "It has not been given to a member yet: the leader waits until whoever may still run it"
          + " has stopped.";
    }
    return members.contains(holder)
        ? "Member %s has it and starts or stops it.".formatted(holder)
        : "Member %s, which had it, has left: another gets it as soon as it must have stopped."
            .formatted(holder);
  }

  private Map<String, Object> withTrouble(WorkId id, Map<String, Object> state) {
    var board = worker.statuses();
    board
        .nextRestart(id)
        .ifPresent(
            next -> {
              var view = new LinkedHashMap<String, Object>();
              view.put("attempt", next.attempt());
              view.put("at", Instant.ofEpochMilli(next.atMs()).toString());
              state.put("next_restart", view);
            });
    board
        .stall(id)
        .ifPresent(
            stall -> {
              var view = new LinkedHashMap<String, Object>();
              view.put("method", stall.method());
              view.put("since", stall.since().toString());
              view.put("stack", stall.stack());
              state.put("stalled", view);
            });
    return state;
  }

  private Map<String, Object> withWaiting(WorkId id, Map<String, Object> state) {
    worker
        .statuses()
        .waiting(id)
        .ifPresent(
            waiting -> {
              var view = new LinkedHashMap<String, Object>();
              view.put("for", waiting.what());
              view.put("since", Instant.ofEpochMilli(waiting.sinceMs()).toString());
              state.put("waiting", view);
            });
    return state;
  }

  /** A processor is a connector that reads tables; what the runtime calls it does not matter. */
  private String kind(ConnectorState connector) {
    var config = connector.config();
    boolean processor =
        config.containsKey("sql") || config.keySet().stream().anyMatch(StageViews::namesTable);
    return processor ? "processor" : views.type(config);
  }

  /** The topics a stage reads, sorted: a sink's, or those behind a processor's tables. */
  private static List<String> read(Map<String, String> config) {
    var topics = new TreeSet<String>();
    Arrays.stream(config.getOrDefault("topics", "").split(",", -1))
        .map(String::strip)
        .filter(topic -> !topic.isEmpty())
        .forEach(topics::add);
    config.forEach(
        (key, value) -> {
          if (namesTable(key)) topics.add(value);
        });
    return List.copyOf(topics);
  }

  private static boolean namesTable(String key) {
    return key.startsWith("table.") && key.endsWith(".topic");
  }
}

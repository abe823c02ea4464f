package dev.millrace.rest;

import dev.millrace.model.Command;
import dev.millrace.model.TargetState;
import dev.millrace.model.Waiting;
import dev.millrace.model.WorkId;
import dev.millrace.model.WorkStatus;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The connectors that the exactness tests find. */
final class Fixture {

  private Fixture() {}

  /**
   * {@code src}: running, task 1 failed; {@code snk}: paused; {@code off}: stopped; {@code new}: no
   * status yet; {@code gone}: its class is not installed; and the topology {@code user-visits}.
   */
  static InMemoryWorker worker() {
    var worker = new InMemoryWorker();
    create(worker, "src", "Source", TargetState.STARTED, Map.of("topic", "t"));
    worker.generateTasks("src", List.of(Map.of("task", "a"), Map.of("task", "b")));
    worker.status("src", 1, WorkStatus.failed("boom\n\tat X"), InMemoryWorker.VERSION);
    create(worker, "snk", "Sink", TargetState.PAUSED, Map.of("topics", "t"));
    create(worker, "off", "Source", TargetState.STOPPED, Map.of());
    create(worker, "new", "Source", TargetState.STARTED, Map.of());
    worker.forgetStatus("new", WorkId.INSTANCE);
    create(worker, "gone", "Elsewhere", TargetState.STARTED, Map.of());
    worker.status("gone", WorkId.INSTANCE, WorkStatus.failed("no class"), "");
    topology(worker);
    return worker;
  }

  private static void topology(InMemoryWorker worker) {
    stage(worker, "users", "Source", Map.of("topic", "user_data"));
    stage(
        worker,
        "visits",
        "Source",
        Map.of("sql", "SELECT 1", "topic", "user_visits", "table.users.topic", "user_data"));
    stage(worker, "report", "Sink", Map.of("topics", "user_visits, other"));
    worker.generateTasks("user-visits.users", List.of(Map.of()));
    worker.waiting("user-visits.users", 0, new Waiting("the source: away", 1_000));
    worker.row("user-visits.visits", "42", "{\"user_id\":42,\"visits\":3}");
    worker.row("user-visits.visits", "a b&c", "{\"visits\":1.50}");
    worker.row("user-visits.visits", "", "{\"visits\":0}");
  }

  private static void stage(
      InMemoryWorker worker, String stage, String type, Map<String, String> config) {
    var all = new TreeMap<>(config);
    all.put("topology.name", "user-visits");
    all.put("topology.stage", stage);
    create(worker, "user-visits." + stage, type, TargetState.STARTED, all);
  }

  private static void create(
      InMemoryWorker worker,
      String name,
      String type,
      TargetState target,
      Map<String, String> config) {
    var all = new TreeMap<>(config);
    all.put("name", name);
    all.put("connector.class", type);
    worker.submit(new Command.Create(name, all, target)).join();
  }
}

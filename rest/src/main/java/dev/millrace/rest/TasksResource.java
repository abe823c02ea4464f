package dev.millrace.rest;

import dev.millrace.model.Command;
import dev.millrace.model.WorkId;
import dev.millrace.worker.WorkerApi;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** A connector's tasks (compat: REST §7). */
final class TasksResource {

  private static final String PATH = "/connectors/{connector}/tasks";

  private final WorkerApi worker;
  private final Submitter submitter;

  TasksResource(WorkerApi worker) {
    this.worker = worker;
    this.submitter = new Submitter(worker);
  }

  List<Route> routes() {
    return List.of(
        Route.of("GET", PATH, "The tasks and their configurations", this::list),
        Route.of("GET", PATH + "/{task}/status", "State of a task", this::status),
        Route.of("POST", PATH + "/{task}/restart", "Restarts a task", this::restart));
  }

  private Response list(Request request) {
    var name = request.param("connector");
    var tasks = ConnectorResource.found(worker, name).tasks();
    return Response.json(
        200, IntStream.range(0, tasks.size()).mapToObj(n -> task(name, n, tasks.get(n))).toList());
  }

  private static Map<String, Object> task(String name, int number, Map<String, String> config) {
    var view = new LinkedHashMap<String, Object>();
    view.put("id", Views.taskId(name, number));
    view.put("config", config);
    return view;
  }

  private Response status(Request request) {
    var id = id(request);
    return Optional.of(id)
        .filter(task -> task.task() >= 0)
        .flatMap(worker.statuses()::of)
        .map(found -> Response.json(200, Views.state(id, found)))
        .orElseThrow(() -> new HttpException(404, "No status found for task " + label(id)));
  }

  private Response restart(Request request) {
    var id = id(request);
    submitter.requireLeader();
    if (worker.standalone()) mustExistAlone(id);
    var connector = worker.state().connector(id.connector());
    if (connector.isEmpty()) throw new HttpException(404, "Unknown connector: " + id.connector());
    if (id.task() < 0) throw new HttpException(404, "Unknown task: " + label(id));
    submitter.submit(new Command.RestartTask(id.connector(), id.task()));
    return Response.empty(204);
  }

  /** The standalone mode has words of its own (compat: REST §15). */
  private void mustExistAlone(WorkId id) {
    var connector = worker.state().connector(id.connector());
    if (connector.isEmpty()) {
      throw new HttpException(
          500,
          "Failed to start task %s since it is not a recognizable type (source or sink)"
              .formatted(label(id)));
    }
    if (id.task() < 0 || id.task() >= connector.get().tasks().size()) {
      throw new HttpException(404, "Task " + label(id) + " not found");
    }
  }

  private static WorkId id(Request request) {
    return new WorkId(request.param("connector"), request.intParam("task"));
  }

  /** Not {@link WorkId#toString}, which takes −1 for the instance. */
  private static String label(WorkId id) {
    return id.connector() + "-" + id.task();
  }
}

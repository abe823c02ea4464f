package dev.millrace.rest;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.millrace.model.Command;
import dev.millrace.model.ConnectorState;
import dev.millrace.model.Restart;
import dev.millrace.model.TargetState;
import dev.millrace.model.WorkId;
import dev.millrace.model.WorkStatus;
import dev.millrace.worker.StatusBoard;
import dev.millrace.worker.WorkerApi;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One connector (compat: REST §6). */
final class ConnectorResource {

  private static final TypeReference<Map<String, String>> CONFIG = new TypeReference<>() {};
  private static final String PATH = "/connectors/{connector}";
  private static final int PATCH_ATTEMPTS = 10;
  static final String CONFLICT =
      "Cannot complete request because of a conflicting operation (e.g. worker rebalance)";

  private final WorkerApi worker;
  private final Views views;
  private final Submitter submitter;
  private final ConnectorConfigs configs;

  ConnectorResource(WorkerApi worker) {
    this.worker = worker;
    this.views = new Views(worker);
    this.submitter = new Submitter(worker);
    this.configs = new ConnectorConfigs(worker);
  }

  List<Route> routes() {
    return List.of(
        Route.of("GET", PATH, "Configuration, tasks and type", this::info),
        Route.of("DELETE", PATH, "Deletes the connector", this::delete),
        Route.of("GET", PATH + "/config", "Configuration", this::config),
        Route.of("PUT", PATH + "/config", "Creates it or replaces its config", this::configure)
            .takingObject(),
        Route.of("PATCH", PATH + "/config", "Changes single settings; null removes", this::patch)
            .takingObject(),
        Route.of("GET", PATH + "/status", "States of the connector and its tasks", this::status),
        Route.of("PUT", PATH + "/pause", "Pauses it", r -> retarget(r, TargetState.PAUSED, 202)),
        Route.of("PUT", PATH + "/resume", "Resumes it", r -> retarget(r, TargetState.STARTED, 202)),
        Route.of("PUT", PATH + "/stop", "Stops it", r -> retarget(r, TargetState.STOPPED, 204)),
        Route.of("POST", PATH + "/restart", "Restarts it, or it and tasks", this::restart)
            .asking("includeTasks", "onlyFailed"));
  }

  private Response info(Request request) {
    var name = request.param("connector");
    return Response.json(200, views.info(name, found(worker, name)));
  }

  private Response config(Request request) {
    return Response.json(200, found(worker, request.param("connector")).config());
  }

  /** The connector of that name, or 404. */
  static ConnectorState found(WorkerApi worker, String name) {
    return worker.state().connector(name).orElseThrow(() -> new HttpException(404, notFound(name)));
  }

  private static String notFound(String name) {
    return "Connector " + name + " not found";
  }

  private Response configure(Request request) {
    var name = request.param("connector");
    var config = configs.checked(name, Json.read(request, CONFIG));
    var done = submitter.submit(new Command.Configure(name, config));
    submitter.awaitInStandalone(name);
    var info = views.info(name, config, tasks(name));
    return done.created()
        ? ConnectorsResource.created(request, name, info)
        : Response.json(200, info);
  }

  /** Names are not compared: what is given is stored (compat: REST §6, an oddity that is kept). */
  private Response patch(Request request) {
    var name = request.param("connector");
    var changes = Json.read(request, CONFIG);
    submitter.requireLeader();
    for (int attempt = 0; attempt < PATCH_ATTEMPTS; attempt++) {
      var before = found(worker, name).config();
      var config = merged(before, changes);
      configs.validate(config);
      if (submitter.replace(name, before, config, notFound(name))) {
        submitter.awaitInStandalone(name);
        return Response.json(200, views.info(name, config, tasks(name)));
      }
    }
    throw new HttpException(409, CONFLICT);
  }

  private static Map<String, String> merged(
      Map<String, String> before, Map<String, String> changes) {
    var merged = new TreeMap<>(before);
    changes.forEach(
        (key, value) -> {
          if (value == null) merged.remove(key);
          else merged.put(key, value);
        });
    return merged;
  }

  private int tasks(String name) {
    return worker.state().connector(name).map(c -> c.tasks().size()).orElse(0);
  }

  private Response delete(Request request) {
    var name = request.param("connector");
    submitter.submit(new Command.Delete(name), notFound(name));
    return Response.empty(204);
  }

  private Response status(Request request) {
    var name = request.param("connector");
    return views
        .status(name)
        .map(view -> Response.json(200, view))
        .orElseThrow(() -> new HttpException(404, "No status found for connector " + name));
  }

  private Response retarget(Request request, TargetState target, int status) {
    var name = request.param("connector");
    if (target == TargetState.STOPPED)
      mustExistAlone(name, "No connector `" + name + "` configured");
    submitter.submit(new Command.Retarget(name, target), "Unknown connector " + name);
    return Response.empty(status);
  }

  private Response restart(Request request) {
    var name = request.param("connector");
    var what = Restart.of(request.queryFlag("includeTasks"), request.queryFlag("onlyFailed"));
    var command = new Command.RestartConnector(name, what);
    var notFound = "Unknown connector: " + name;
    if (what == Restart.INSTANCE) {
      mustExistAlone(name, notFound);
      submitter.submit(command, notFound);
      submitter.awaitStarted(name);
      return Response.empty(204);
    }
    submitter.requireLeader();
    if (worker.state().connector(name).isEmpty()) throw new HttpException(404, notFound);
    var view =
        views
            .status(name, (id, entry) -> selects(what, id, entry))
            .orElseThrow(
                () -> new HttpException(404, "Status for connector " + name + " not found"));
    submitter.submit(command, notFound);
    return Response.json(202, view);
  }

  /** In standalone mode some requests about nothing are 500 (compat: REST §15). */
  private void mustExistAlone(String name, String message) {
    if (worker.standalone() && worker.state().connector(name).isEmpty()) {
      throw new HttpException(500, message);
    }
  }

  private static boolean selects(Restart what, WorkId id, StatusBoard.Entry entry) {
    boolean failed = entry.status().phase() == WorkStatus.Phase.FAILED;
    return (id.isInstance() || what.includesTasks()) && (failed || !what.onlyFailed());
  }
}

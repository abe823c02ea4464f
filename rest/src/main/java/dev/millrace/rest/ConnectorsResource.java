package dev.millrace.rest;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.millrace.model.Command;
import dev.millrace.model.ConnectorState;
import dev.millrace.model.TargetState;
import dev.millrace.worker.WorkerApi;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** All connectors: list and create (compat: REST §6). */
final class ConnectorsResource {

  private static final TypeReference<NewConnector> NEW = new TypeReference<>() {};

  private final WorkerApi worker;
  private final Views views;
  private final Submitter submitter;
  private final ConnectorConfigs configs;

  ConnectorsResource(WorkerApi worker) {
    this.worker = worker;
    this.views = new Views(worker);
    this.submitter = new Submitter(worker);
    this.configs = new ConnectorConfigs(worker);
  }

  /** Body of a creation, as bound; any component may be null. */
  private record NewConnector(
      String name,
      Map<String, String> config,
      @JsonProperty("initial_state") InitialState initialState) {}

  /** The state a connector begins in, in any case. */
  private enum InitialState {
    RUNNING,
    PAUSED,
    STOPPED;

    @JsonCreator
    static InitialState of(String name) {
      return valueOf(name.toUpperCase(Locale.ROOT));
    }
  }

  List<Route> routes() {
    return List.of(
        Route.of("GET", "/connectors", "The connectors' names, or more with expand", this::list)
            .asking(QueryParameter.repeatable("expand")),
        Route.of("POST", "/connectors", "Creates a connector", this::create).takingObject());
  }

  private Response list(Request request) {
    var connectors = worker.state().connectors();
    if (!request.hasQuery("expand")) return Response.json(200, connectors.keySet());
    var expand = request.queryAll("expand");
    var all = new LinkedHashMap<String, Object>();
    connectors.forEach((name, connector) -> expand(name, connector, expand, all));
    return Response.json(200, all);
  }

  /** A connector without a status is left out when statuses are asked for. */
  private void expand(
      String name, ConnectorState connector, List<String> expand, Map<String, Object> all) {
    var view = new LinkedHashMap<String, Object>();
    if (expand.contains("status")) {
      var status = views.status(name);
      if (status.isEmpty()) return;
      view.put("status", status.get());
    }
    if (expand.contains("info")) view.put("info", views.info(name, connector));
    all.put(name, view);
  }

  private Response create(Request request) {
    var body = Json.read(request, NEW);
    if (body.config() == null) {
      throw new HttpException(500, "The request body has no field \"config\"; add it");
    }
    var target = target(body.initialState());
    var name = body.name() == null ? "" : body.name().strip();
    var config = configs.checked(name, body.config());
    submitter.submit(new Command.Create(name, config, target));
    submitter.awaitInStandalone(name);
    return created(request, name, views.info(name, config, tasks(name)));
  }

  /** 201 with the address of the connector. */
  static Response created(Request request, String name, Map<String, Object> info) {
    return Response.json(201, info)
        .with("Location", request.base() + "/connectors/" + PathSegment.encode(name));
  }

  private int tasks(String name) {
    return worker.state().connector(name).map(connector -> connector.tasks().size()).orElse(0);
  }

  private static TargetState target(InitialState initial) {
    return switch (initial) {
      case null -> TargetState.STARTED;
      case RUNNING -> TargetState.STARTED;
      case PAUSED -> TargetState.PAUSED;
      case STOPPED -> TargetState.STOPPED;
    };
  }
}

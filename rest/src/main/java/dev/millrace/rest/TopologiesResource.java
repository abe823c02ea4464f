package dev.millrace.rest;

import com.fasterxml.jackson.databind.util.RawValue;
import dev.millrace.model.ConnectorState;
import dev.millrace.model.control.Commands;
import dev.millrace.worker.WorkerApi;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Topologies and their tables: ours, under {@code /v1}. What belongs to a topology is read off the
 * marks in the connectors' configurations, so that nothing else needs to be stored.
 */
final class TopologiesResource {

  private static final String PATH = "/v1/topologies";
  private static final String CONNECTOR = "/v1/connectors/{connector}";

  private final WorkerApi worker;
  private final StageViews stages;
  private final TableLookup tables;

  TopologiesResource(WorkerApi worker, PeerClient peers) {
    this.tables = new TableLookup(worker, peers);
    this.worker = worker;
    this.stages = new StageViews(worker);
  }

  List<Route> routes() {
    return List.of(
        Route.of("GET", PATH, "The topologies and their connectors", this::list),
        Route.of("GET", PATH + "/{topology}", "A topology's stages and their state", this::one),
        Route.of("GET", PATH + "/{topology}/tables/{stage}", "A row of a table", this::row)
            .asking(QueryParameter.required("key")),
        Route.of("GET", CONNECTOR, "A connector's state and what it waits for", this::connector));
  }

  private Response connector(Request request) {
    var name = request.param("connector");
    return worker
        .state()
        .connector(name)
        .map(connector -> Response.json(200, stages.of(name, connector)))
        .orElseThrow(() -> new HttpException(404, "Connector " + name + " not found"));
  }

  private Response list(Request request) {
    var topologies = new TreeMap<String, SortedMap<String, ConnectorState>>();
    worker
        .state()
        .connectors()
        .forEach(
            (name, connector) ->
                topologyOf(connector)
                    .ifPresent(
                        topology ->
                            topologies
                                .computeIfAbsent(topology, t -> new TreeMap<>())
                                .put(name, connector)));
    return Response.json(
        200,
        topologies.entrySet().stream()
            .map(entry -> named(entry.getKey(), "connectors", entry.getValue().keySet()))
            .toList());
  }

  private Response one(Request request) {
    var topology = request.param("topology");
    return Response.json(200, named(topology, "stages", stages.of(members(topology))));
  }

  private static Map<String, Object> named(String name, String field, Object value) {
    var view = new LinkedHashMap<String, Object>();
    view.put("name", name);
    view.put(field, value);
    return view;
  }

  private Response row(Request request) {
    var topology = request.param("topology");
    var stage = request.param("stage");
    var connector = connectorOf(topology, stage);
    if (!request.hasQuery("key")) {
      throw new HttpException(
          400, "Which row of table %s? Name it with the query parameter key".formatted(stage));
    }
    var key = request.queryFirst("key");
    var row = tables.find(request, connector, key);
    if (row.isEmpty() && !TableLookup.isFromPeer(request)) {
      throw new HttpException(
          404, "Table %s of topology %s has no row with key %s".formatted(stage, topology, key));
    }
    var view = new LinkedHashMap<String, Object>();
    view.put("key", key);
    view.put("row", row.map(RawValue::new).orElse(null));
    return Response.json(200, view);
  }

  private String connectorOf(String topology, String stage) {
    var members = members(topology);
    return members.entrySet().stream()
        .filter(member -> StageViews.stageOf(member.getKey(), member.getValue()).equals(stage))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow(
            () ->
                new HttpException(
                    404,
                    "Stage %s not found in topology %s, which has %s"
                        .formatted(stage, topology, stageNames(members))));
  }

  private static String stageNames(SortedMap<String, ConnectorState> members) {
    return members.entrySet().stream()
        .map(member -> StageViews.stageOf(member.getKey(), member.getValue()))
        .sorted()
        .collect(Collectors.joining(", "));
  }

  /** The connectors of a topology, or 404. */
  private SortedMap<String, ConnectorState> members(String topology) {
    var members = new TreeMap<>(worker.state().connectors());
    members.values().removeIf(connector -> !topologyOf(connector).equals(Optional.of(topology)));
    if (members.isEmpty()) throw new HttpException(404, "Topology " + topology + " not found");
    return members;
  }

  private static Optional<String> topologyOf(ConnectorState connector) {
    return Optional.ofNullable(connector.config().get(Commands.TOPOLOGY_KEY));
  }
}

package dev.millrace.rest;

import dev.millrace.worker.WorkerApi;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The routing table: every request the server answers. */
final class Routes {

  private Routes() {}

  /** All, and the document that describes them. */
  static List<Route> of(WorkerApi worker, RestSettings settings, PeerClient peers) {
    var routes =
        Stream.of(
                new RootResource(worker).routes(),
                new ConnectorsResource(worker).routes(),
                new ConnectorResource(worker).routes(),
                new TasksResource(worker).routes(),
                new OffsetsResource(worker).routes(),
                new TopicsResource(worker, settings).routes(),
                new PluginsResource(worker).routes(),
                new LoggersResource(worker).routes(),
                new InternalResource(worker, settings.signatures(worker)).routes(),
                new ClusterResource(worker).routes(),
                new ValidationResource(worker).routes(),
                new TopologiesResource(worker, peers).routes(),
                new MetricsResource(worker).routes())
            .flatMap(List::stream)
            .collect(Collectors.toCollection(ArrayList::new));
    routes.add(
        Route.of("GET", "/openapi.json", "This description", r -> document(settings, routes))
            .alsoWhileStarting());
    return List.copyOf(routes);
  }

  /** Those of the regular addresses: without {@code /admin} when that has its own (REST §13). */
  static List<Route> regular(RestSettings settings, List<Route> all) {
    boolean separate = settings.adminListeners().isPresent();
    return all.stream().filter(route -> !(separate && route.isAdmin())).toList();
  }

  private static Response document(RestSettings settings, List<Route> routes) {
    return Response.json(200, OpenApi.of(regular(settings, routes)));
  }
}

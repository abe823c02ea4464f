package dev.millrace.rest;

import dev.millrace.worker.WorkerApi;
import java.util.List;
import java.util.stream.Stream;

/** The routing table: every request the server answers. */
final class Routes {

  private Routes() {}

  static List<Route> of(WorkerApi worker) {
    return Stream.of(
            new RootResource(worker).routes(),
            new ConnectorsResource(worker).routes(),
            new ConnectorResource(worker).routes(),
            new TasksResource(worker).routes(),
            new ValidationResource(worker).routes(),
            new TopologiesResource(worker).routes(),
            new MetricsResource(worker).routes())
        .flatMap(List::stream)
        .toList();
  }
}

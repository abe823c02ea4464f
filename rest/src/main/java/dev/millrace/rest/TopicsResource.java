package dev.millrace.rest;

import dev.millrace.worker.WorkerApi;
import java.util.List;
import java.util.Map;

/** The topics that connectors have used (compat: REST §9). */
final class TopicsResource {

  private static final String PATH = "/connectors/{connector}/topics";

  private final WorkerApi worker;
  private final RestSettings settings;

  TopicsResource(WorkerApi worker, RestSettings settings) {
    this.worker = worker;
    this.settings = settings;
  }

  List<Route> routes() {
    return List.of(
        Route.of("GET", PATH, "Topics the connector has used", this::list),
        Route.of("PUT", PATH + "/reset", "Forgets the topics it has used", this::reset));
  }

  private Response list(Request request) {
    mustTrack();
    var name = request.param("connector");
    return Response.json(200, Map.of(name, Map.of("topics", worker.statuses().topicsOf(name))));
  }

  private Response reset(Request request) {
    mustTrack();
    if (!settings.topicReset()) throw new HttpException(403, "Topic tracking reset is disabled.");
    worker.statuses().resetTopics(request.param("connector"));
    return Response.empty(202);
  }

  private void mustTrack() {
    if (!settings.topicTracking()) throw new HttpException(403, "Topic tracking is disabled.");
  }
}

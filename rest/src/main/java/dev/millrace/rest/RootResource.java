package dev.millrace.rest;

import dev.millrace.worker.WorkerApi;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;

/** The worker itself (compat: REST §5). */
final class RootResource {

  private static final Duration HEALTH_TIMEOUT = Duration.ofSeconds(10); // compat: REST §5
  private static final String UNHEALTHY =
      "Worker was unable to handle this request and may be unable to handle other requests. ";

  private final WorkerApi worker;
  private final Submitter submitter;

  RootResource(WorkerApi worker) {
    this.worker = worker;
    this.submitter = new Submitter(worker);
  }

  List<Route> routes() {
    return List.of(
        Route.of("GET", "/", "Versions and the Kafka cluster", this::root).alsoWhileStarting(),
        Route.of("GET", "/health", "Whether the worker is ready", this::health)
            .alsoWhileStarting());
  }

  private Response root(Request request) {
    var kafka = worker.kafka();
    var view = new LinkedHashMap<String, Object>();
    view.put("version", kafka.version());
    view.put("commit", kafka.commit());
    view.put("kafka_cluster_id", kafka.clusterId().isEmpty() ? null : kafka.clusterId());
    return Response.json(200, view);
  }

  private Response health(Request request) {
    if (!worker.ready()) {
      return health(503, "starting", "Worker is still starting up. " + worker.stage());
    }
    return submitter.answers(HEALTH_TIMEOUT)
        ? health(200, "healthy", "Worker has completed startup and is ready to handle requests.")
        : health(500, "unhealthy", UNHEALTHY + worker.stage());
  }

  private static Response health(int code, String status, String message) {
    var view = new LinkedHashMap<String, Object>();
    view.put("status", status);
    view.put("message", message.strip());
    return Response.json(code, view);
  }
}

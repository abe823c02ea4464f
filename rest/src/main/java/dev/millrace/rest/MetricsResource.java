package dev.millrace.rest;

import dev.millrace.worker.WorkerApi;
import java.util.List;

/** The worker's metrics for Prometheus. */
final class MetricsResource {

  private final WorkerApi worker;

  MetricsResource(WorkerApi worker) {
    this.worker = worker;
  }

  List<Route> routes() {
    return List.of(
        Route.of("GET", "/metrics", "All metrics, as Prometheus reads them", this::metrics)
            .alsoWhileStarting()
            .ofAnyType());
  }

  private Response metrics(Request request) {
    var form =
        MediaTypes.asksOpenMetrics(request.header("Accept"))
            ? MetricsText.Form.OPEN_METRICS
            : MetricsText.Form.PROMETHEUS;
    return Response.text(200, MetricsText.of(worker.metrics(), form))
        .with("Content-Type", form.contentType());
  }
}

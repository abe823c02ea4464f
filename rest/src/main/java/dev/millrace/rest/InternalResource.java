package dev.millrace.rest;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.millrace.model.Command;
import dev.millrace.model.TargetState;
import dev.millrace.worker.WorkerApi;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.health.ConnectorType;

/**
 * What workers of Kafka Connect ask each other (compat: REST §12), signed. Millrace's own workers
 * do not need it: they ask through Kafka, and fence earlier tasks themselves.
 */
final class InternalResource {

  static final String SIGNATURE = "X-Connect-Authorization";
  static final String ALGORITHM = "X-Connect-Request-Signature-Algorithm";

  private static final TypeReference<List<Map<String, String>>> TASKS = new TypeReference<>() {};

  private final WorkerApi worker;
  private final Submitter submitter;
  private final Signatures signatures;

  InternalResource(WorkerApi worker, Signatures signatures) {
    this.worker = worker;
    this.submitter = new Submitter(worker);
    this.signatures = signatures;
  }

  List<Route> routes() {
    return List.of(
        Route.of("POST", "/connectors/{connector}/tasks", "Between workers: new tasks", this::tasks)
            .takingArray()
            .withAnyContentType(),
        Route.of("PUT", "/connectors/{connector}/fence", "Between workers: zombies", this::fence)
            .withAnyContentType());
  }

  private Response tasks(Request request) {
    var tasks = Json.readNullable(request, TASKS);
    notStandalone("externally setting task configurations");
    admit(request);
    var name = request.param("connector");
    var connector = ConnectorResource.found(worker, name);
    var wanted = tasks.orElseThrow(() -> new HttpException(500, "The body has no tasks"));
    if (!wanted.isEmpty() && connector.target() == TargetState.STOPPED) {
      throw new HttpException(
          400, "Cannot submit non-empty set of task configs for stopped connector " + name);
    }
    long version = connector.restarts().instance();
    submitter.submit(new Command.PublishTasks(name, version, wanted));
    return Response.empty(204);
  }

  private Response fence(Request request) {
    notStandalone("exactly-once source connectors");
    admit(request);
    var name = request.param("connector");
    var connector = ConnectorResource.found(worker, name);
    if (worker.typeOf(connector.config()) != ConnectorType.SOURCE) {
      throw new HttpException(400, "Connector " + name + " is not a source connector");
    }
    return switch (worker.awaitFenced(name)) {
      case FREE -> Response.empty(204);
      case OUTDATED -> Response.error(409, ConnectorResource.CONFLICT);
      case TOO_LATE ->
          Response.error(
              500,
              "Request timed out. Earlier tasks of connector %s were not fenced; the log says why"
                  .formatted(name));
    };
  }

  private void notStandalone(String what) {
    if (worker.standalone()) {
      throw new HttpException(
          500, "Kafka Connect in standalone mode does not support %s.".formatted(what));
    }
  }

  /** Lets a signed request pass, at the leader. */
  private void admit(Request request) {
    signatures.require(request.header(SIGNATURE), request.header(ALGORITHM), request.body());
    if (!(worker.leader() instanceof WorkerApi.Leader.Here)) throw LeadsElsewhere.signed();
  }
}

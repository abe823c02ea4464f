package dev.millrace.rest;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.millrace.worker.WorkerApi;
import dev.millrace.worker.offsets.OffsetAdmin.Outcome;
import dev.millrace.worker.offsets.OffsetAdmin.Position;
import dev.millrace.worker.offsets.OffsetException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Offsets of connectors (compat: REST §8). */
final class OffsetsResource {

  private static final TypeReference<Body> BODY = new TypeReference<>() {};
  private static final String PATH = "/connectors/{connector}/offsets";

  private final WorkerApi worker;
  private final Submitter submitter;

  OffsetsResource(WorkerApi worker) {
    this.worker = worker;
    this.submitter = new Submitter(worker);
  }

  /** Body of a change, as bound; any component may be null. */
  private record Body(List<Item> offsets) {}

  /** One partition and its offset, as bound. */
  private record Item(Map<String, Object> partition, Map<String, Object> offset) {}

  List<Route> routes() {
    return List.of(
        Route.of("GET", PATH, "How far the connector has got", this::list),
        Route.of("PATCH", PATH, "Changes offsets of a stopped connector", this::alter)
            .takingObject(),
        Route.of("DELETE", PATH, "Forgets the offsets of a stopped connector", this::reset));
  }

  private Response list(Request request) {
    var positions = answer(() -> worker.offsets().list(request.param("connector")));
    return Response.json(
        200, Map.of("offsets", positions.stream().map(OffsetsResource::view).toList()));
  }

  private static Map<String, Object> view(Position position) {
    var view = new LinkedHashMap<String, Object>();
    view.put("partition", position.partition());
    view.put("offset", position.offset());
    return view;
  }

  private Response alter(Request request) {
    var offsets = Json.read(request, BODY).offsets();
    if (offsets == null || offsets.isEmpty()) {
      throw new HttpException(
          400, "Partitions / offsets need to be provided for an alter offsets request");
    }
    if (offsets.contains(null)) throw new HttpException(500, "An item of offsets is null");
    submitter.requireLeader();
    var name = request.param("connector");
    ConnectorResource.found(worker, name);
    var positions = offsets.stream().map(i -> new Position(i.partition(), i.offset())).toList();
    return done(answer(() -> worker.offsets().alter(name, positions)), "altered");
  }

  private Response reset(Request request) {
    submitter.requireLeader();
    var name = request.param("connector");
    return done(answer(() -> worker.offsets().reset(name)), "reset");
  }

  private static Response done(Outcome outcome, String what) {
    var message =
        switch (outcome) {
          case COMPLETE ->
              "The offsets for this connector have been %s successfully".formatted(what);
          case KAFKA_ONLY ->
              ("The Connect framework-managed offsets for this connector have been %s successfully."
                      + " However, if this connector manages offsets externally, they will need to"
                      + " be manually %s in the system that the connector uses.")
                  .formatted(what, what);
        };
    return Response.json(200, Views.message(message));
  }

  private static <T> T answer(Supplier<T> question) {
    try {
      return question.get();
    } catch (OffsetException e) {
      int status =
          switch (e.kind()) {
            case NOT_FOUND -> 404;
            case BAD_REQUEST -> 400;
            case FAILED -> 500;
          };
      throw new HttpException(status, e.getMessage(), e);
    }
  }
}

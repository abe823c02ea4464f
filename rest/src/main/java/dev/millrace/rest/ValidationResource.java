package dev.millrace.rest;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.millrace.worker.WorkerApi;
import dev.millrace.worker.validation.Validation;
import dev.millrace.worker.validation.ValidationException;
import java.util.List;
import java.util.Map;

/** Checks a configuration without keeping it (compat: REST §10). Thread-safe. */
final class ValidationResource {

  private static final TypeReference<Map<String, String>> CONFIG = new TypeReference<>() {};
  private static final String CLASS = "connector.class";

  /** Clients match the text, which names the reference's class. */
  private static final String BAD_REQUEST =
      "org.apache.kafka.connect.runtime.rest.errors.BadRequestException: ";

  private final WorkerApi worker;

  ValidationResource(WorkerApi worker) {
    this.worker = worker;
  }

  List<Route> routes() {
    return List.of(
        Route.of(
                "PUT",
                "/connector-plugins/{plugin}/config/validate",
                "Checks a configuration of the plugin",
                this::validate)
            .takingObject());
  }

  private Response validate(Request request) {
    var config = Json.read(request, CONFIG);
    var given = config.get(CLASS);
    if (given != null) check(given, request.param("plugin"));
    return Response.json(200, ValidationViews.of(given, validation(config)));
  }

  /** The path may name the end of the class's name. */
  private static void check(String given, String wanted) {
    if (!withoutSuffix(given).endsWith(withoutSuffix(wanted))) {
      throw new HttpException(
          400,
          "Included connector type %s does not match request type %s".formatted(given, wanted));
    }
  }

  private static String withoutSuffix(String name) {
    return name.endsWith("Connector")
        ? name.substring(0, name.length() - "Connector".length())
        : name;
  }

  private Validation validation(Map<String, String> config) {
    try {
      return worker.validate(config);
    } catch (ValidationException e) {
      throw new HttpException(500, message(e), e);
    }
  }

  /** What went wrong inside is told with the class of its exception (compat: REST §10). */
  private static String message(ValidationException e) {
    return switch (e.kind()) {
      case BAD_REQUEST -> BAD_REQUEST + e.getMessage();
      case FAILED -> e.causeName() + ": " + e.getMessage();
      case TIMED_OUT -> e.getMessage();
    };
  }
}

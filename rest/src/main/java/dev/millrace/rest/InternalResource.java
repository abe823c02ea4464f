package dev.millrace.rest;

import com.fasterxml.jackson.core.type.TypeReference;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;

/**
 * What workers ask each other (compat: REST §12). A worker alone has no other, so that nobody has a
 * key that signs such requests: all are refused, in the order of checks that Kafka Connect has.
 */
final class InternalResource {

  private static final TypeReference<List<Map<String, String>>> TASKS = new TypeReference<>() {};
  private static final String SIGNATURE = "X-Connect-Authorization";
  private static final String ALGORITHM = "X-Connect-Request-Signature-Algorithm";

  private final List<String> algorithms;

  /** Refuses with these signature algorithms permitted. */
  InternalResource(List<String> algorithms) {
    this.algorithms = List.copyOf(algorithms);
  }

  private String notPermitted(String algorithm) {
    return ("This worker does not support the '%s' key signing algorithm used by other workers. This"
            + " worker is currently configured to use: %s. Check that all workers' configuration"
            + " files permit the same set of signature algorithms, and correct any misconfigured"
            + " worker and restart it.")
        .formatted(algorithm, algorithms);
  }

  List<Route> routes() {
    return List.of(
        Route.of("POST", "/connectors/{connector}/tasks", "Between workers: new tasks", this::tasks)
            .withAnyContentType(),
        Route.of("PUT", "/connectors/{connector}/fence", "Between workers: zombies", this::refuse)
            .withAnyContentType());
  }

  private Response tasks(Request request) {
    Json.readNullable(request, TASKS);
    return refuse(request);
  }

  private Response refuse(Request request) {
    var signature = request.header(SIGNATURE);
    var algorithm = request.header(ALGORITHM);
    if (signature.isEmpty() || algorithm.isEmpty()) {
      throw new HttpException(400, "Internal request missing required signature");
    }
    mac(algorithm);
    decoded(signature);
    if (!algorithms.contains(algorithm)) throw new HttpException(400, notPermitted(algorithm));
    throw new HttpException(403, "Internal request contained invalid signature.");
  }

  private static void mac(String algorithm) {
    try {
      Mac.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new HttpException(400, e.getMessage(), e);
    }
  }

  private static void decoded(String signature) {
    try {
      Base64.getDecoder().decode(signature);
    } catch (IllegalArgumentException e) {
      throw new HttpException(400, e.getMessage(), e);
    }
  }
}

package dev.millrace.rest;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * An HTTP answer as routes make it. Immutable.
 *
 * @param headers their values by name, without {@code Content-Length}
 * @param body text of the body, empty for none
 */
record Response(int status, Map<String, List<String>> headers, String body) {

  static final String JSON = "application/json";

  /** Header of failures that pass by themselves: the seconds after which to ask again. */
  static final String RETRY_AFTER = "Retry-After";

  private static final String CONTENT_TYPE = "Content-Type";

  Response {
    headers = Map.copyOf(headers);
  }

  /** An answer without a body. */
  static Response empty(int status) {
    return new Response(status, Map.of(), "");
  }

  /** An answer with this value as JSON. */
  static Response json(int status, Object value) {
    return new Response(status, Map.of(CONTENT_TYPE, List.of(JSON)), Json.write(value));
  }

  static Response text(int status, String body) {
    return new Response(status, Map.of(CONTENT_TYPE, List.of("text/plain")), body);
  }

  /** The body every failure has (compat: REST §2). */
  static Response error(int status, String message) {
    return json(status, new ErrorMessage(status, message));
  }

  /**
   * A failure found before a route was chosen: JSON, but without its type (compat: REST §2,
   * observed).
   */
  static Response unmatched(int status) {
    var error = error(status, HttpException.standard(status));
    return new Response(status, Map.of(), error.body());
  }

  /** With one more value of a header. */
  Response plus(String header, String value) {
    var values = new ArrayList<>(headers.getOrDefault(header, List.of()));
    values.add(value);
    return with(header, values);
  }

  Response with(String header, String value) {
    return with(header, List.of(value));
  }

  private Response with(String header, List<String> values) {
    var more = new TreeMap<>(headers);
    more.put(header, List.copyOf(values));
    return new Response(status, more, body);
  }
}

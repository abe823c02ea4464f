package dev.millrace.rest;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * An HTTP request as routes see it. Immutable.
 *
 * @param method in upper case
 * @param path raw path, percent-encoded as sent
 * @param params decoded values of the route's path parameters; empty before a route was found
 * @param query query parameters, each with its values in the order sent
 * @param headers by name in lower case; several of one name are joined by commas
 * @param base scheme and authority the client used, such as {@code http://localhost:8083}
 * @param body text of the body, empty when there is none
 */
record Request(
    String method,
    String path,
    Map<String, String> params,
    Map<String, List<String>> query,
    Map<String, String> headers,
    String base,
    String body) {

  Request {
    params = Map.copyOf(params);
    query = Map.copyOf(query);
    headers = Map.copyOf(headers);
  }

  Request withParams(Map<String, String> values) {
    return new Request(method, path, values, query, headers, base, body);
  }

  /** A header's text, empty when absent. */
  String header(String name) {
    return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
  }

  /** Value of a parameter that the route's path names. */
  String param(String name) {
    var value = params.get(name);
    if (value == null) throw new IllegalArgumentException("the route has no parameter " + name);
    return value;
  }

  /** A number in the path; what is not a number names nothing (compat: REST §2). */
  int intParam(String name) {
    try {
      return Integer.parseInt(param(name));
    } catch (NumberFormatException e) {
      throw new HttpException(404, HttpException.standard(404), e);
    }
  }

  boolean hasQuery(String name) {
    return query.containsKey(name);
  }

  /** All values of a query parameter. */
  List<String> queryAll(String name) {
    return query.getOrDefault(name, List.of());
  }

  /** The first value, empty when there is none. */
  String queryFirst(String name) {
    var values = queryAll(name);
    return values.isEmpty() ? "" : values.getFirst();
  }

  /** Lenient: only {@code true}, in any case, is true (compat: REST §1). */
  boolean queryFlag(String name) {
    return queryFirst(name).equalsIgnoreCase("true");
  }
}

package dev.millrace.rest;

import java.util.Map;

/**
 * A query parameter that a route looks at, for its description. Immutable.
 *
 * @param required whether the route answers 400 without it
 * @param schema of its values, in OpenAPI's terms
 */
record QueryParameter(String name, boolean required, Map<String, Object> schema) {

  private static final Map<String, Object> TEXT = Map.of("type", "string");

  QueryParameter {
    schema = Map.copyOf(schema);
  }

  /** One that may be left out. */
  static QueryParameter text(String name) {
    return new QueryParameter(name, false, TEXT);
  }

  static QueryParameter required(String name) {
    return new QueryParameter(name, true, TEXT);
  }

  static QueryParameter number(String name) {
    return new QueryParameter(name, false, Map.of("type", "integer"));
  }

  /** One that may be given several times, each time with one value. */
  static QueryParameter repeatable(String name) {
    return new QueryParameter(name, false, Map.of("type", "array", "items", TEXT));
  }

  boolean isRepeatable() {
    return schema.containsKey("items");
  }
}

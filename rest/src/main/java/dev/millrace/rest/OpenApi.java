package dev.millrace.rest;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Describes the routes in OpenAPI 3.1. */
final class OpenApi {

  private static final Pattern PARAMETER = Pattern.compile("\\{(\\w+)}");

  private OpenApi() {}

  static Map<String, Object> of(List<Route> routes) {
    var document = new LinkedHashMap<String, Object>();
    document.put("openapi", "3.1.0");
    document.put(
        "info",
        Map.of(
            "title", "Millrace",
            "version", "1",
            "summary", "Kafka Connect's REST interface, and Millrace's own routes under /v1"));
    document.put("paths", paths(routes));
    document.put("components", Map.of("schemas", Map.of("Error", errorSchema())));
    return document;
  }

  private static Map<String, Object> paths(List<Route> routes) {
    var paths = new TreeMap<String, Object>();
    for (var route : routes) {
      @SuppressWarnings("unchecked")
      var path =
          (Map<String, Object>)
              paths.computeIfAbsent(
                  route.path().toString(), p -> new LinkedHashMap<String, Object>());
      path.put(route.method().toLowerCase(Locale.ROOT), operation(route));
    }
    return paths;
  }

  private static Map<String, Object> operation(Route route) {
    var operation = new LinkedHashMap<String, Object>();
    operation.put("summary", route.summary());
    operation.put("operationId", operationId(route));
    var parameters =
        Stream.concat(
                PARAMETER.matcher(route.path().toString()).results().map(OpenApi::parameter),
                route.query().stream().map(OpenApi::queryParameter))
            .toList();
    if (!parameters.isEmpty()) operation.put("parameters", parameters);
    if (route.is(Route.Trait.OBJECT_BODY)) operation.put("requestBody", body("object"));
    if (route.is(Route.Trait.ARRAY_BODY)) operation.put("requestBody", body("array"));
    operation.put("responses", Map.of("2XX", Map.of("description", "Done"), "default", error()));
    return operation;
  }

  private static String operationId(Route route) {
    return (route.method() + route.path()).replaceAll("[^A-Za-z0-9]+", "_");
  }

  private static Map<String, Object> parameter(MatchResult name) {
    var parameter = new LinkedHashMap<String, Object>();
    parameter.put("name", name.group(1));
    parameter.put("in", "path");
    parameter.put("required", true);
    parameter.put("schema", Map.of("type", name.group(1).equals("task") ? "integer" : "string"));
    return parameter;
  }

  private static Map<String, Object> queryParameter(QueryParameter asked) {
    var parameter = new LinkedHashMap<String, Object>();
    parameter.put("name", asked.name());
    parameter.put("in", "query");
    parameter.put("required", asked.required());
    parameter.put("schema", asked.schema());
    if (asked.isRepeatable()) parameter.put("explode", true);
    return parameter;
  }

  private static Map<String, Object> body(String type) {
    var schema = new LinkedHashMap<String, Object>(Map.of("type", type));
    if (type.equals("array")) schema.put("items", Map.of("type", "object"));
    return Map.of("required", true, "content", Map.of(Response.JSON, Map.of("schema", schema)));
  }

  private static Map<String, Object> error() {
    return Map.of(
        "description",
        "A failure",
        "content",
        Map.of(Response.JSON, Map.of("schema", Map.of("$ref", "#/components/schemas/Error"))));
  }

  private static Map<String, Object> errorSchema() {
    return Map.of(
        "type", "object",
        "required", List.of("error_code", "message"),
        "properties",
            Map.of(
                "error_code", Map.of("type", "integer"),
                "message", Map.of("type", List.of("string", "null"))));
  }
}

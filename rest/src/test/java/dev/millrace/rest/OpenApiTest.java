package dev.millrace.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The document at /openapi.json describes exactly the routes. */
class OpenApiTest {

  private final InMemoryWorker worker = new InMemoryWorker();
  private final List<Route> routes = Routes.of(worker, RestSettings.of(Map.of()), Peers.client());

  private JsonNode document() throws Exception {
    return document(routes);
  }

  private JsonNode document(List<Route> routes) throws Exception {
    var request = new Request("GET", "/openapi.json", Map.of(), Map.of(), Map.of(), "http://x", "");
    return new ObjectMapper()
        .readTree(new Router(routes, worker, Peers.onward(worker)).answer(request).body());
  }

  @Test
  void describesEveryRouteAndNothingElse() throws Exception {
    Set<String> described = new HashSet<>();
    document()
        .path("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .fieldNames()
                    .forEachRemaining(
                        method ->
                            described.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));
    assertThat(described)
        .containsExactlyInAnyOrderElementsOf(
            routes.stream().map(route -> route.method() + " " + route.path()).toList());
  }

  @Test
  void namesEveryParameterAndHasUniqueIds() throws Exception {
    Set<String> ids = new HashSet<>();
    for (var path : document().path("paths").properties()) {
      long parameters = Pattern.compile("\\{").matcher(path.getKey()).results().count();
      for (var operation : path.getValue()) {
        long inPath = 0;
        for (var parameter : operation.path("parameters")) {
          if (parameter.path("in").asText().equals("path")) inPath++;
        }
        assertThat(inPath).as(path.getKey()).isEqualTo(parameters);
        assertThat(ids.add(operation.path("operationId").asText())).as(path.getKey()).isTrue();
        assertThat(operation.path("summary").asText()).isNotBlank();
      }
    }
  }

  /** Those that the routes' code looks at. */
  @Test
  void namesEveryQueryParameter() throws Exception {
    var asked = new TreeSet<String>();
    try (var files = Files.newDirectoryStream(SOURCES, "*Resource.java")) {
      for (Path file : files) {
        ASKED.matcher(Files.readString(file)).results().forEach(name -> asked.add(name.group(1)));
      }
    }
    var described = new TreeSet<String>();
    document()
        .findParents("in")
        .forEach(
            parameter -> {
              if (parameter.path("in").asText().equals("query")) {
                described.add(parameter.path("name").asText());
              }
            });
    assertThat(described).isEqualTo(asked).contains("expand", "scope");
  }

  @Test
  void tellsHowQueryParametersAreGiven() throws Exception {
    var paths = document().path("paths");
    var expand = parameter(paths, "/connectors", "expand");
    assertThat(expand.path("schema").path("type").asText()).isEqualTo("array");
    assertThat(expand.path("schema").path("items").path("type").asText()).isEqualTo("string");
    assertThat(expand.path("explode").asBoolean()).isTrue();
    assertThat(expand.path("required").asBoolean()).isFalse();
    for (var path : List.of("/v1/events", "/v1/connectors/{connector}/events")) {
      var limit = parameter(paths, path, "limit");
      assertThat(limit.path("schema").path("type").asText()).isEqualTo("integer");
    }
    var key = parameter(paths, "/v1/topologies/{topology}/tables/{stage}", "key");
    assertThat(key.path("required").asBoolean()).isTrue();
    assertThat(key.path("schema").path("type").asText()).isEqualTo("string");
  }

  private static JsonNode parameter(JsonNode paths, String path, String name) {
    for (var parameter : paths.path(path).path("get").path("parameters")) {
      if (parameter.path("name").asText().equals(name)) return parameter;
    }
    throw new AssertionError(path + " has no parameter " + name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "http://127.0.0.1:0"})
  void describesNoAdminWhereOthersServeIt(String adminListeners) throws Exception {
    var settings = RestSettings.of(Map.of("admin.listeners", adminListeners));
    var described = document(Routes.of(worker, settings, Peers.client())).path("paths");
    assertThat(described.has("/admin/loggers")).isFalse();
    assertThat(described.has("/connectors")).isTrue();
    assertThat(document().path("paths").has("/admin/loggers")).isTrue();
  }

  @Test
  void tellsWhichRoutesNeedABody() throws Exception {
    var document = document();
    var router = new Router(routes, Fixture.worker(), Peers.onward(worker));
    var needed = new ArrayList<String>();
    for (var route : routes) {
      boolean tasks = route.is(Route.Trait.ARRAY_BODY);
      var path = route.path().toString().replace("{connector}", "src").replace("{logger}", "root");
      var request =
          new Request(route.method(), path, Map.of(), Map.of(), Map.of(), "http://x", "null");
      var answer =
          route.method().equals("GET") ? Response.empty(200) : router.answer(typed(request));
      boolean needs = tasks || answer.body().contains("needs a JSON");
      if (needs) needed.add(route.method() + " " + route.path());
      var operation =
          document
              .path("paths")
              .path(route.path().toString())
              .path(route.method().toLowerCase(Locale.ROOT));
      assertThat(operation.has("requestBody")).as(route.toString()).isEqualTo(needs);
    }
    assertThat(needed).contains("POST /connectors", "PATCH /connectors/{connector}/config");
  }

  private static Request typed(Request request) {
    return new Request(
        request.method(),
        request.path(),
        Map.of(),
        Map.of(),
        Map.of("content-type", "application/json"),
        request.base(),
        request.body());
  }

  private static final Path SOURCES = Path.of("src/main/java/dev/millrace/rest");
  private static final Pattern ASKED =
      Pattern.compile("(?:queryFirst|queryFlag|queryAll|hasQuery)\\(\"(\\w+)\"\\)");
}

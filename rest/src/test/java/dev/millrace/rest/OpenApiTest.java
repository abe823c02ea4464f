package dev.millrace.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The document at /openapi.json describes exactly the routes. */
class OpenApiTest {

  private final InMemoryWorker worker = new InMemoryWorker();
  private final java.util.List<Route> routes =
      Routes.of(worker, RestSettings.of(Map.of()), Peers.client());

  private JsonNode document() throws Exception {
    var request = new Request("GET", "/openapi.json", Map.of(), Map.of(), Map.of(), "http://x", "");
    return new ObjectMapper()
        .readTree(new Router(routes, worker::ready, Peers.onward(worker)).answer(request).body());
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
        assertThat(operation.path("parameters").size())
            .as(path.getKey())
            .isEqualTo((int) parameters);
        assertThat(ids.add(operation.path("operationId").asText())).as(path.getKey()).isTrue();
        assertThat(operation.path("summary").asText()).isNotBlank();
      }
    }
  }
}

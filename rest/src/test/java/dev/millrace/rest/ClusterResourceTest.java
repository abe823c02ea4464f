package dev.millrace.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who runs what, and what has happened. */
class ClusterResourceTest {

  private final InMemoryWorker worker = Fixture.worker();
  private final Router router =
      new Router(
          Routes.of(worker, RestSettings.of(Map.of()), Peers.client()),
          worker,
          Peers.onward(worker));

  private Response get(String path, String query) {
    return router.answer(
        new Request(
            "GET", path, Map.of(), HttpBridge.query(query), Map.of(), "http://localhost", ""));
  }

  private JsonNode read(String path, String query) throws Exception {
    var answer = get(path, query);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return new ObjectMapper().readTree(answer.body());
  }

  @Test
  void tellsWhoLeadsAndWhatIsWanted() throws Exception {
    var cluster = read("/v1/cluster", "");

    assertThat(cluster.path("worker_id").asText()).isEqualTo(InMemoryWorker.ID);
    assertThat(cluster.path("leader").asText()).isEqualTo(worker.member());
    assertThat(cluster.path("ready").asBoolean()).isTrue();
    assertThat(cluster.path("log_offset").asLong()).isEqualTo(worker.state().offset());
    assertThat(cluster.path("members")).hasSize(1);
    assertThat(cluster.path("work")).hasSize(worker.state().work().size());
    var paused = cluster.path("work").findParents("wanted").stream();
    assertThat(paused.filter(work -> work.path("wanted").asText().equals("paused")).toList())
        .extracting(work -> work.path("connector").asText())
        .containsExactly("snk");
  }

  @Test
  void tellsWhatHasHappenedOldestFirst() throws Exception {
    worker.events().add("src", "src-0", "STALLED", "in x.y");

    var all = read("/v1/events", "");
    var last = all.get(all.size() - 1);
    assertThat(last.path("subject").asText()).isEqualTo("src-0");
    assertThat(last.path("event").asText()).isEqualTo("STALLED");
    assertThat(last.path("reason").asText()).isEqualTo("in x.y");
    assertThat(read("/v1/events", "limit=2")).hasSize(2);
    assertThat(read("/v1/events", "limit=0")).isEmpty();
    assertThat(read("/v1/connectors/src/events", "limit=1").get(0)).isEqualTo(last);
    for (var event : read("/v1/connectors/snk/events", "")) {
      assertThat(event.path("connector").asText()).isEqualTo("snk");
    }
  }

  @Test
  void holdsTheWorkOfAWorkerThatWillBeRestartedUntilToldOtherwise() throws Exception {
    var path = "/v1/cluster/members/" + InMemoryWorker.ID + "/restart";
    assertThat(send("PUT", path, "{\"hold_ms\":90000}").status()).isEqualTo(200);
    assertThat(read("/v1/cluster", "").path("members").path(0).path("expected_back").toString())
        .isEqualTo("{\"hold_ms\":90000}");
    assertThat(send("DELETE", path, "").status()).isEqualTo(204);
    assertThat(read("/v1/cluster", "").path("members").path(0).has("expected_back")).isFalse();
    assertThat(send("DELETE", path, "").status()).isEqualTo(404);
    assertThat(send("PUT", path, "{\"hold_ms\":0}").status()).isEqualTo(400);
    var unknown = send("PUT", "/v1/cluster/members/nobody:1/restart", "{\"hold_ms\":1}");
    assertThat(unknown.status()).isEqualTo(404);
    assertThat(unknown.body()).contains("nobody:1").contains(worker.member());
  }

  private Response send(String method, String path, String body) {
    return router.answer(
        new Request(
            method,
            path,
            Map.of(),
            Map.of(),
            Map.of("content-type", "application/json"),
            "http://localhost",
            body));
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/events, limit=x, 400",
    "/v1/events, limit=-1, 200",
    "/v1/connectors/nope/events, '', 404",
    "/v1/connectors/new/events, '', 200"
  })
  void saysWhatIsWrong(String path, String query, int status) {
    assertThat(get(path, query).status()).isEqualTo(status);
  }
}

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
      new Router(Routes.of(worker, RestSettings.of(Map.of())), worker, Peers.onward(worker));

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

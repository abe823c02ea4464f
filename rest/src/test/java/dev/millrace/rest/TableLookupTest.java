package dev.millrace.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.Command;
import dev.millrace.model.TargetState;
import dev.millrace.worker.RestListener;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A table of two tasks on two workers: asked of one, found on either. */
@Timeout(300)
class TableLookupTest {

  private static final String TABLE = "v1/topologies/t/tables/visits?key=";
  private static final String OTHER = "other:8083#2";

  private final InMemoryWorker here = new InMemoryWorker();
  private final InMemoryWorker there = new InMemoryWorker();
  private final RestListener own = open(here);
  private final RestListener peer = open(there);
  private final HttpClient client = HttpClient.newHttpClient();

  private static RestListener open(InMemoryWorker worker) {
    return RestServer.factory().open(Map.of("listeners", "http://127.0.0.1:0"), worker);
  }

  @BeforeEach
  void twoTasks() {
    for (var worker : List.of(here, there)) {
      var config =
          Map.of("connector.class", "Source", "topology.name", "t", "topology.stage", "visits");
      worker.submit(new Command.Create("t.visits", config, TargetState.STARTED)).join();
      worker.generateTasks("t.visits", List.of(Map.of("n", "0"), Map.of("n", "1")));
    }
    here.other(OTHER, peer.uri());
    here.lease("t.visits", Map.of(-1, here.member(), 0, here.member(), 1, OTHER));
    here.row("t.visits", "1", "{\"count\":11}");
    there.row("t.visits", "2", "{\"count\":22}");
  }

  @AfterEach
  void close() {
    client.close();
    own.close();
    peer.close();
  }

  private HttpResponse<String> get(String key) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(own.uri() + TABLE + key))
            .timeout(Duration.ofMinutes(2))
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void rowsOfEitherWorkerAreFound() throws Exception {
    assertThat(get("1").body()).isEqualTo("{\"key\":\"1\",\"row\":{\"count\":11}}");
    assertThat(get("2").body()).isEqualTo("{\"key\":\"2\",\"row\":{\"count\":22}}");
  }

  @Test
  void aRowThatNobodyHasIsNotFound() throws Exception {
    var answer = get("3");
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body()).contains("Table visits of topology t has no row with key 3");
  }

  @Test
  void whatIsWrongWithAKeyIsSaid() throws Exception {
    assertThat(get("%7Bx").statusCode()).isEqualTo(400);
  }

  @Test
  void aWorkerThatDoesNotAnswerMayHaveTheRow() throws Exception {
    peer.close();
    assertThat(get("1").statusCode()).isEqualTo(200);
    var answer = get("2");
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).contains("does not answer");
  }

  @Test
  void aTaskThatRunsNowhereMayHaveTheRow() throws Exception {
    here.lease("t.visits", Map.of(-1, here.member(), 0, here.member()));
    assertThat(get("1").statusCode()).isEqualTo(200);
    var answer = get("3");
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).contains("t.visits-1 runs on no worker at the moment");
  }
}

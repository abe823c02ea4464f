package dev.millrace.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.worker.RestListener;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.health.ConnectClusterState;
import org.apache.kafka.connect.rest.ConnectRestExtension;
import org.apache.kafka.connect.rest.ConnectRestExtensionContext;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Extensions with filters, resources and a look at connectors (compat: REST §14). */
@Timeout(300)
class ExtensionsTest {

  private final InMemoryWorker worker = Fixture.worker();
  private final HttpClient client = HttpClient.newHttpClient();
  private RestListener server = open();

  private RestListener open(String... more) {
    worker.extension("Own", new Own());
    worker.extension("Broken", new Broken());
    var settings = new TreeMap<>(Map.of("listeners", "http://127.0.0.1:0"));
    settings.put("rest.extension.classes", String.join(",", more.length > 0 ? more : OWN));
    return RestServer.factory().open(settings, worker);
  }

  private static final String[] OWN = {"Own"};

  @AfterEach
  void close() {
    server.close();
    client.close();
  }

  private HttpResponse<String> send(String method, String path, String body, String... headers)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create(server.uri() + path))
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) request.headers(headers);
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  /** Lets nobody pass who does not say the word, and answers /own. */
  private static final class Own implements ConnectRestExtension {
    @Override
    public void register(ConnectRestExtensionContext context) {
      context.configurable().register(new Word());
      context.configurable().register(new Resource(context.clusterState()));
    }

    @Override
    public String version() {
      return "1";
    }

    @Override
    public void configure(Map<String, ?> settings) {}

    @Override
    public void close() {}
  }

  private static final class Broken implements ConnectRestExtension {
    @Override
    public void register(ConnectRestExtensionContext context) {
      throw new NoClassDefFoundError("org/example/Gone");
    }

    @Override
    public String version() {
      return "1";
    }

    @Override
    public void configure(Map<String, ?> settings) {}

    @Override
    public void close() {}
  }

  /** Asks for the header X-Word. */
  public static final class Word implements ContainerRequestFilter {
    @Override
    public void filter(ContainerRequestContext request) {
      if (request.getHeaderString("X-Word") == null) {
        request.abortWith(
            jakarta.ws.rs.core.Response.status(401)
                .header("WWW-Authenticate", "Word")
                .entity("say it: " + request.getUriInfo().getPath())
                .build());
      }
    }
  }

  /** A resource beside ours. */
  @Path("/own")
  public static final class Resource {
    private final ConnectClusterState state;

    Resource(ConnectClusterState state) {
      this.state = state;
    }

    @GET
    @Path("/health")
    @Produces("application/json")
    public Map<String, Object> health() {
      var health = state.connectorHealth("src");
      var seen = new TreeMap<String, Object>();
      seen.put("name", health.name());
      seen.put("type", health.type().toString());
      seen.put("state", health.connectorState().state());
      seen.put("trace", health.tasksState().get(1).traceMessage());
      seen.put("connectors", state.connectors().size());
      seen.put("topic", state.connectorConfig("src").get("topic"));
      seen.put("cluster", state.clusterDetails().kafkaClusterId());
      return seen;
    }

    @GET
    @Path("/cookies")
    public jakarta.ws.rs.core.Response cookies() {
      return jakarta.ws.rs.core.Response.ok("two")
          .header("Set-Cookie", "a=1; Expires=Thu, 01 Jan 2037 00:00:00 GMT")
          .header("Set-Cookie", "b=2")
          .build();
    }

    @GET
    @Path("/broken")
    public String broken() {
      return Optional.<String>empty().orElseThrow(() -> new IllegalStateException("broken"));
    }

    @GET
    @Path("/unknown")
    public String unknown() {
      return state.connectorConfig("nope").toString();
    }
  }

  @Test
  void filtersStandBeforeEveryRoute() throws Exception {
    for (var path : new String[] {"", "connectors", "connectors/src/tasks", "v1/cluster"}) {
      var answer = send("GET", path, "");
      assertThat(answer.statusCode()).as(path).isEqualTo(401);
      assertThat(answer.body()).isEqualTo("say it: " + path);
      assertThat(answer.headers().firstValue("WWW-Authenticate")).contains("Word");
    }
    assertThat(send("DELETE", "connectors/src", "").statusCode()).isEqualTo(401);
    assertThat(send("GET", "own/health", "").statusCode()).isEqualTo(401);
    assertThat(send("GET", "nope", "").statusCode()).as("nothing to protect").isEqualTo(404);
    assertThat(worker.state().connectors()).containsKey("src");
  }

  @Test
  void whoPassesFindsOurRoutesAsTheyAre() throws Exception {
    assertThat(send("GET", "connectors/src/tasks/1/status", "", "X-Word", "x").body())
        .contains("\"state\":\"FAILED\"");
    var created =
        send(
            "POST",
            "connectors",
            "{\"name\":\"a b\",\"config\":{\"connector.class\":\"Sink\"}}",
            "X-Word",
            "x",
            "Content-Type",
            "application/json");
    assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
    assertThat(created.headers().firstValue("Location").orElse("")).endsWith("/connectors/a%20b");
    assertThat(send("GET", "connectors/a%20b?x=%26", "", "X-Word", "x").statusCode())
        .isEqualTo(200);
    assertThat(send("PUT", "connectors/src", "", "X-Word", "x").statusCode()).isEqualTo(405);
    assertThat(send("GET", "connectors/nope", "", "X-Word", "x").body())
        .isEqualTo("{\"error_code\":404,\"message\":\"Connector nope not found\"}");
    assertThat(send("PATCH", "connectors/src/config", "{}", "X-Word", "x").statusCode())
        .isEqualTo(415);
  }

  @Test
  void resourcesAnswerBesideOurs() throws Exception {
    var health = send("GET", "own/health", "", "X-Word", "x");
    assertThat(health.statusCode()).as(health.body()).isEqualTo(200);
    assertThat(health.body())
        .contains("\"name\":\"src\"", "\"type\":\"source\"", "\"state\":\"RUNNING\"")
        .contains("\"trace\":\"boom", "\"topic\":\"t\"", "\"cluster\":\"cluster-1\"");
    assertThat(send("GET", "own/unknown", "", "X-Word", "x").body())
        .isEqualTo("{\"error_code\":404,\"message\":\"Connector nope not found\"}");
    assertThat(send("GET", "nope", "", "X-Word", "x").body())
        .isEqualTo("{\"error_code\":404,\"message\":\"HTTP 404 Not Found\"}");
  }

  @Test
  void cookiesStayApart() throws Exception {
    var answer = send("GET", "own/cookies", "", "X-Word", "x");
    assertThat(answer.body()).isEqualTo("two");
    assertThat(answer.headers().allValues("Set-Cookie"))
        .containsExactly("a=1; Expires=Thu, 01 Jan 2037 00:00:00 GMT", "b=2");
  }

  @Test
  void failuresOfResourcesAreLogged() throws Exception {
    var failures = new LoggedFailures();
    var logger = (Logger) LogManager.getLogger(ExtensionErrors.class);
    logger.addAppender(failures);
    try {
      assertThat(send("GET", "own/broken", "", "X-Word", "x").body())
          .isEqualTo("{\"error_code\":500,\"message\":\"broken\"}");
      assertThat(send("GET", "nope", "", "X-Word", "x").statusCode()).isEqualTo(404);
    } finally {
      logger.removeAppender(failures);
    }
    assertThat(failures.thrown)
        .singleElement()
        .satisfies(error -> assertThat(error).hasMessage("broken").hasNoCause());
  }

  @Test
  void anExtensionThatCannotBeRegisteredFailsTheStart() {
    assertThatThrownBy(() -> open("Own", "Broken"))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("Broken cannot be registered")
        .hasMessageContaining("org/example/Gone")
        .hasMessageContaining("rest.extension.classes");
  }
}

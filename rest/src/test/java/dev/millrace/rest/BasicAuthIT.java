package dev.millrace.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.worker.Worker;
import dev.millrace.worker.WorkerSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * The basic-auth extension of Apache Kafka Connect, as it is on Maven Central, as a plugin of a
 * worker. It takes its login modules from the JVM, hence isolated.
 */
@Isolated
@Timeout(600)
class BasicAuthIT {

  private static final Path ARTIFACT = Path.of(System.getProperty("basic.auth"));
  private static final String LOGIN = "java.security.auth.login.config";

  @TempDir Path folder;

  private Map<String, String> settings() throws IOException {
    var plugin = Files.createDirectories(folder.resolve("plugins/basic-auth"));
    try (var jars = Files.list(ARTIFACT)) {
      for (var jar : jars.toList()) Files.copy(jar, plugin.resolve(jar.getFileName().toString()));
    }
    return Map.of(
        "bootstrap.servers",
        "127.0.0.1:1",
        "millrace.data.dir",
        folder.resolve("data").toString(),
        "plugin.path",
        folder.resolve("plugins").toString(),
        "listeners",
        "http://127.0.0.1:0",
        "rest.extension.classes",
        "org.apache.kafka.connect.rest.basic.auth.extension.BasicAuthSecurityRestExtension");
  }

  private void login() throws IOException {
    var users = Files.writeString(folder.resolve("users.properties"), "ann=secret\n");
    var modules =
        Files.writeString(
            folder.resolve("jaas.conf"),
            """
            KafkaConnect {
              org.apache.kafka.connect.rest.basic.auth.extension.PropertyFileLoginModule required
              file="%s";
            };
            """
                .formatted(users));
    System.setProperty(LOGIN, modules.toString());
    javax.security.auth.login.Configuration.setConfiguration(null);
  }

  private static HttpResponse<String> send(
      HttpClient client, URI server, String method, String path, String user) throws Exception {
    var request =
        HttpRequest.newBuilder(server.resolve(path))
            .timeout(Duration.ofMinutes(3))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (!user.isEmpty()) {
      var encoded = Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
      request.header("Authorization", "Basic " + encoded);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  @DisplayName("Who is known is let in; §13.4 the worker has the name of its address")
  void letsThoseInWhoseNameAndPasswordItKnows() throws Exception {
    var before = System.getProperty(LOGIN);
    login();
    var made = Worker.builder().settings(WorkerSettings.of(settings())).rest(RestServer.factory());
    try (var worker = made.start();
        var client = HttpClient.newHttpClient()) {
      worker.started().get(3, TimeUnit.MINUTES);
      var server = worker.restUri().orElseThrow();
      assertThat(worker.workerId()).isEqualTo("127.0.0.1:" + server.getPort());
      for (var path :
          new String[] {"/", "/health", "/connectors", "/v1/cluster", "/admin/loggers"}) {
        assertThat(send(client, server, "GET", path, "").statusCode()).as(path).isEqualTo(401);
        assertThat(send(client, server, "GET", path, "ann:wrong").statusCode()).isEqualTo(401);
        var known = send(client, server, "GET", path, "ann:secret");
        assertThat(known.statusCode()).as("%s: %s", path, known.body()).isEqualTo(200);
      }
      assertThat(send(client, server, "DELETE", "/connectors/x", "ann:secret").statusCode())
          .isEqualTo(404);
      var signed = send(client, server, "POST", "/connectors/x/tasks", "");
      assertThat(signed.statusCode()).as("left to the signature").isEqualTo(400);
      assertThat(signed.body()).contains("Internal request missing required signature");
    } finally {
      if (before == null) System.clearProperty(LOGIN);
      else System.setProperty(LOGIN, before);
      javax.security.auth.login.Configuration.setConfiguration(null);
    }
  }
}

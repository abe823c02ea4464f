package dev.millrace.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.worker.RestListener;
import dev.millrace.worker.WorkerApi.Leader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the settings of the listeners do (compat: REST §13). */
class ListenerSettingsTest {

  @TempDir Path folder;

  private static RestListener open(Map<String, String> settings) {
    var all = new HashMap<>(Map.of("listeners", "http://127.0.0.1:0"));
    all.putAll(settings);
    return RestServer.factory().open(all, Fixture.worker());
  }

  private static HttpResponse<String> get(HttpClient client, URI uri, String... headers)
      throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(uri);
    if (headers.length > 0) request.headers(headers);
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void separateAdminAddressesServeAdminAlone() throws Exception {
    try (var server = open(Map.of("admin.listeners", "http://127.0.0.1:0"));
        var client = HttpClient.newHttpClient()) {
      var admin = server.adminUri().orElseThrow();
      assertThat(get(client, admin.resolve("/admin/loggers")).statusCode()).isEqualTo(200);
      assertThat(get(client, admin.resolve("/connectors")).statusCode()).isEqualTo(404);
      var regular = server.uri();
      assertThat(get(client, regular.resolve("/admin/loggers")).statusCode()).isEqualTo(404);
      assertThat(get(client, regular.resolve("/connectors")).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void anEmptyListOfAdminAddressesServesNoAdminAtAll() throws Exception {
    try (var server = open(Map.of("admin.listeners", ""));
        var client = HttpClient.newHttpClient()) {
      assertThat(get(client, server.uri().resolve("/admin/loggers")).statusCode()).isEqualTo(404);
    }
  }

  @Test
  void rulesPutHeadersOnAnswers() throws Exception {
    var rules =
        "\"add Cache-Control: no-cache, no-store\", set X-Foo:bar, setDate Expires: 1000, "
            + "add X-Two:a, add X-Two:b";
    try (var server = open(Map.of("response.http.headers.config", rules));
        var client = HttpClient.newHttpClient()) {
      var headers = get(client, server.uri().resolve("/nope")).headers();
      assertThat(headers.firstValue("Cache-Control")).contains("no-cache, no-store");
      assertThat(headers.firstValue("X-Foo")).contains("bar");
      assertThat(headers.allValues("X-Two")).containsExactly("a", "b");
      assertThat(headers.firstValue("Expires").orElse("")).endsWith("GMT");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "put X:y",
        "set X",
        "set :y",
        "set X:y:z",
        "set",
        "set a b:c",
        "setDate X:soon",
        "addDate X:1h",
        "set X(:y"
      })
  void aWrongRuleFailsTheStart(String rule) {
    assertThatThrownBy(() -> open(Map.of("response.http.headers.config", rule)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("response.http.headers.config")
        .hasMessageContaining(rule);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://a.example", "*", "http://b.example, http://*.example"})
  void pagesOfAllowedOriginsMayReadAnswers(String origins) throws Exception {
    try (var server = open(Map.of("access.control.allow.origin", origins));
        var client = HttpClient.newHttpClient()) {
      var uri = server.uri().resolve("/connectors");
      var allowed = get(client, uri, "Origin", "http://a.example").headers();
      assertThat(allowed.firstValue("Access-Control-Allow-Origin")).contains("http://a.example");
      assertThat(allowed.firstValue("Vary")).contains("Origin");
    }
  }

  @Test
  void othersAreTold() {
    try (var server =
        open(Map.of("rest.advertised.host.name", "worker1", "rest.advertised.port", "9999"))) {
      assertThat(server.advertised()).hasToString("http://worker1:9999/");
      assertThat(server.uri().getHost()).isEqualTo("127.0.0.1");
    }
    try (var server = open(Map.of())) {
      assertThat(server.advertised()).isEqualTo(server.uri());
    }
  }

  @Test
  void httpsNeedsAKeyStore() {
    assertThatThrownBy(() -> open(Map.of("listeners", "https://127.0.0.1:0")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("ssl.keystore.location");
  }

  @Test
  void servesHttps() throws Exception {
    var store = keyStore();
    var settings = new HashMap<>(Map.of("listeners", "http://127.0.0.1:0,HTTPS://127.0.0.1:0"));
    settings.put("listeners.https.ssl.keystore.location", store.toString());
    settings.put("listeners.https.ssl.keystore.type", "PKCS12");
    settings.put("listeners.https.ssl.keystore.password", "changeit");
    settings.put("rest.advertised.listener", "https");
    settings.put("listeners.https.ssl.secure.random.implementation", "SHA1PRNG");
    settings.put("listeners.https.ssl.trustmanager.algorithm", "PKIX");
    settings.put("listeners.https.ssl.keymanager.algorithm", "Bogus");
    assertThatThrownBy(() -> open(settings)).hasStackTraceContaining("Bogus");
    settings.put("listeners.https.ssl.keymanager.algorithm", "PKIX");
    try (var server = open(settings);
        var client = HttpClient.newBuilder().sslContext(trusting(store)).build()) {
      assertThat(server.advertised().getScheme()).isEqualTo("https");
      var secure = URI.create("https://localhost:" + server.advertised().getPort() + "/connectors");
      assertThat(get(client, secure).statusCode()).isEqualTo(200);
      assertThat(get(client, server.uri().resolve("/connectors")).statusCode()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @CsvSource({"localhost,https,204", "localhost,'',204", "127.0.0.2,'',204", "127.0.0.2,https,500"})
  void requestsToTheLeaderUseTheSameKeys(String leaderHost, String identification, int status)
      throws Exception {
    var store = keyStore();
    var settings = new HashMap<>(Map.of("listeners", "https://0.0.0.0:0"));
    for (var kind : List.of("keystore", "truststore")) {
      settings.put("listeners.https.ssl." + kind + ".location", store.toString());
      settings.put("listeners.https.ssl." + kind + ".type", "PKCS12");
      settings.put("listeners.https.ssl." + kind + ".password", "changeit");
    }
    settings.put("listeners.https.ssl.client.auth", "required");
    settings.put("listeners.https.ssl.endpoint.identification.algorithm", identification);
    var following = Fixture.worker();
    following.onAwait(offset -> true);
    try (var leader = open(settings);
        var follower = secureButOpen(settings, following);
        var client = HttpClient.newHttpClient()) {
      following.leader(
          new Leader.At(URI.create("https://" + leaderHost + ":" + leader.uri().getPort() + "/")));
      var request =
          HttpRequest.newBuilder(follower.uri().resolve("/connectors/src"))
              .method("DELETE", HttpRequest.BodyPublishers.noBody());
      var answer = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    }
  }

  private static RestListener secureButOpen(Map<String, String> settings, InMemoryWorker worker) {
    var all = new HashMap<>(settings);
    all.put("listeners", "http://127.0.0.1:0");
    return RestServer.factory().open(all, worker);
  }

  private Path keyStore() throws Exception {
    var store = folder.resolve("keys.p12");
    var keytool = Path.of(System.getProperty("java.home"), "bin/keytool").toString();
    var command =
        List.of(
            keytool,
            "-genkeypair",
            "-alias",
            "rest",
            "-keyalg",
            "EC",
            "-dname",
            "CN=localhost",
            "-ext",
            "SAN=dns:localhost,ip:127.0.0.1",
            "-storetype",
            "PKCS12",
            "-storepass",
            "changeit",
            "-keystore",
            store.toString());
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var output =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(process.waitFor(3, TimeUnit.MINUTES) && process.exitValue() == 0)
        .as(output)
        .isTrue();
    return store;
  }

  private static SSLContext trusting(Path store) throws Exception {
    var keys = KeyStore.getInstance("PKCS12");
    try (var in = Files.newInputStream(store)) {
      keys.load(in, "changeit".toCharArray());
    }
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(keys);
    var context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }
}

package dev.millrace.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.Property;
import org.junit.jupiter.api.Test;

class AccessLogTest {

  private static final String NAME = "org.apache.kafka.connect.runtime.rest.RestServer";

  /** Says whose requests these are: a server of a test before may still write its last line. */
  private static final String CLIENT = "access-log-test/1.0";

  /** Keeps the lines of this test's requests; filled by the server's threads. */
  private static final class Lines extends AbstractAppender {
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>(100);

    Lines() {
      super("lines", null, null, true, Property.EMPTY_ARRAY);
      start();
    }

    @Override
    public void append(LogEvent event) {
      var line = event.getLevel() + " " + event.getMessage().getFormattedMessage();
      if (line.contains(CLIENT)) lines.add(line);
    }
  }

  @Test
  void writesOneLinePerRequestWithoutKeysAndBodies() throws Exception {
    Configurator.setLevel(NAME, Level.INFO);
    var lines = new Lines();
    var logger = (Logger) LogManager.getLogger(NAME);
    logger.addAppender(lines);
    try (var server =
            RestServer.factory().open(Map.of("listeners", "http://127.0.0.1:0"), Fixture.worker());
        var client = HttpClient.newHttpClient()) {
      get(client, server.uri() + "v1/topologies/user-visits/tables/visits?key=secret");
      assertThat(next(lines)).matches(line("/v1/topologies/user-visits/tables/visits", 404));
      get(client, server.uri() + "nope");
      assertThat(next(lines)).matches(line("/nope", 404));
      get(client, server.uri() + "connectors/a%2Fb");
      assertThat(next(lines)).matches(line("/connectors/a%2Fb", 400));
    } finally {
      logger.removeAppender(lines);
    }
    assertThat(lines.lines).isEmpty();
  }

  private static void get(HttpClient client, String uri) throws Exception {
    client.send(
        HttpRequest.newBuilder(URI.create(uri)).header("User-Agent", CLIENT).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static String line(String path, int status) {
    return "INFO 127\\.0\\.0\\.1 - - \\[[^]]+] \"GET "
        + path
        + " HTTP/[^\"]+\" "
        + status
        + " \\d+ \"-?\" \""
        + CLIENT
        + "\" \\d+";
  }

  private static String next(Lines lines) throws InterruptedException {
    return lines.lines.poll(2, TimeUnit.MINUTES);
  }
}

package dev.millrace.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.worker.RestListener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListenersTest {

  private static RestListener open(String... listeners) {
    return RestServer.factory()
        .open(Map.of("listeners", String.join(",", listeners)), new InMemoryWorker());
  }

  private static int status(RestListener server) throws IOException, InterruptedException {
    try (var client = HttpClient.newHttpClient()) {
      var request = HttpRequest.newBuilder(server.uri()).build();
      return client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1:0",
        "HTTP://localhost:0",
        " http://0.0.0.0:0",
        "http://:0",
        "http://[127.0.0.1]:0"
      })
  void servesOnAFreePort(String listener) throws Exception {
    try (var server = open(listener)) {
      assertThat(server.uri().toString()).matches("http://(127\\.0\\.0\\.1|localhost):[1-9]\\d*/");
      assertThat(status(server)).isEqualTo(200);
    }
  }

  @Test
  void tellsOthersTheMachinesAddress() {
    try (var server = open("http://:0")) {
      assertThat(server.advertised().getHost())
          .isEqualTo(MachineAddress.find().orElse("127.0.0.1"));
      assertThat(server.advertised().getPort()).isEqualTo(server.uri().getPort());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://[::1]:0", "http://[::]:0"})
  void servesIpv6(String listener) throws Exception {
    assumeTrue(hasIpv6(), "this machine has no IPv6");
    try (var server = open(listener)) {
      assertThat(server.uri().toString()).matches("http://\\[::1]:\\d+/");
      assertThat(status(server)).isEqualTo(200);
    }
  }

  private static boolean hasIpv6() {
    var loopback = new byte[16];
    loopback[15] = 1;
    try (var socket = new ServerSocket(0, 1, InetAddress.getByAddress(loopback))) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void servesOnSeveralAddresses() throws Exception {
    try (var server = open("http://127.0.0.1:0", "http://127.0.0.1:0")) {
      assertThat(status(server)).isEqualTo(200);
    }
  }

  @Test
  void takesTheDefaultWhenNoneIsSet() {
    assertThat(RestSettings.of(Map.of()).listeners())
        .containsExactly(new ListenAddress("http://:8083", "http", "", 8083));
  }

  @Test
  void saysWhichAddressIsTaken() throws Exception {
    try (var first = open("http://127.0.0.1:0")) {
      var taken = "http://127.0.0.1:" + first.uri().getPort();
      assertThatThrownBy(() -> open("http://127.0.0.1:0", taken))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("Cannot listen on " + taken + ": Address already in use")
          .hasMessageContaining("0 for a free one");
      assertThat(status(first)).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          https://127.0.0.1:0       | ssl.keystore.location is not set
          HTTPS://127.0.0.1:0       | ssl.keystore.location is not set
          ftp://127.0.0.1:0         | the scheme "ftp" is neither http nor https
          127.0.0.1:8083            | it is not of the form http://host:port
          http://127.0.0.1          | it is not of the form http://host:port
          http://127.0.0.1:70000    | the port must be from 0 to 65535
          http://127.0.0.1:-1       | the port must be from 0 to 65535
          http://h:99999999999      | the port must be from 0 to 65535
          http://no.such.invalid:0  | its host name cannot be resolved
          """)
  void refusesWhatCannotBe(String listener, String why) {
    assertThatThrownBy(() -> open(listener))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(listener)
        .hasMessageContaining(why);
  }
}

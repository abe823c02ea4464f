package dev.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

/** Nobody else can have a port between its choice and Kafka's start. */
class HeldPortsTest {
  private static final InetAddress HOST = InetAddress.getLoopbackAddress();

  private final HeldPorts ports = new HeldPorts(HOST);

  private static boolean free(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, HOST)) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void aPortIsHeldUntilKafkaHasItAndThenIsKafkas() throws Exception {
    int port = ports.takeAny();
    assertThat(port).as("none of those for outgoing connections").isBetween(20_000, 32_767);
    assertThat(free(port)).isFalse();
    assertThat(ports.take(port)).isFalse();
    try (var kafkas = ports.handOver(port).orElseThrow()) {
      ports.close();
      assertThat(kafkas.isOpen()).isTrue();
      assertThat(free(port)).isFalse();
    }
    assertThat(free(port)).isTrue();
  }

  @Test
  void whatKafkaHasNotTakenIsGivenBack() throws Exception {
    int port = ports.takeAny();
    ports.close();
    assertThat(free(port)).isTrue();
    assertThat(ports.take(port)).isTrue();
    ports.close();
  }

  @Test
  void noPortIsWantedWithZero() {
    assertThat(ports.take(0)).isFalse();
  }
}

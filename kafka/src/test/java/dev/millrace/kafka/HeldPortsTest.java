package dev.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
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
  void aPortIsHeldUntilKafkaOpensIt() throws Exception {
    int port = ports.takeAny();
    assertThat(port).as("none of those for outgoing connections").isBetween(24_000, 32_767);
    assertThat(free(port)).isFalse();
    assertThat(ports.take(port)).isFalse();
    ports.release(port);
    assertThat(free(port)).isTrue();
  }

  @Test
  void programsThatAreStartedMeanwhileDoNotKeepThePort() throws Exception {
    AtomicBoolean end = new AtomicBoolean();
    Semaphore begun = new Semaphore(0);
    CompletableFuture<Void> starting = CompletableFuture.runAsync(() -> startPrograms(begun, end));
    try {
      for (int i = 0; i < 200; i++) {
        int port = ports.takeAny();
        begun.drainPermits();
        begun.acquire(); // a copy of the socket comes into a program that begins
        ports.release(port);
        assertThat(free(port)).as("at once, port %d, the %dth", port, i).isTrue();
      }
    } finally {
      end.set(true);
      starting.join();
    }
  }

  private static void startPrograms(Semaphore begun, AtomicBoolean end) {
    try {
      while (!end.get()) {
        begun.release();
        new ProcessBuilder("true").start().waitFor();
      }
    } catch (IOException | InterruptedException e) {
      throw new CompletionException(e);
    }
  }

  @Test
  void clientsOfAHeldPortAreRefused() throws Exception {
    int port = ports.takeAny();
    assertThatThrownBy(() -> new Socket(HOST, port).close()).isInstanceOf(ConnectException.class);
    ports.close();
  }

  @Test
  void aFormerServersPortIsTakenThoughItsConnectionsAreEndingStill() throws Exception {
    int port = ports.takeAny();
    ports.release(port);
    try (ServerSocket server = new ServerSocket(port, 1, HOST);
        Socket client = new Socket(HOST, port)) {
      assertThat(ports.take(port)).as("while somebody listens").isFalse();
      server.accept().close(); // this side ends it, and remembers that for a while
      assertThat(client.getInputStream().read()).isEqualTo(-1);
    }
    assertThat(ports.take(port)).isTrue();
    assertThat(ports.take(port)).as("twice").isFalse();
    ports.close();
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

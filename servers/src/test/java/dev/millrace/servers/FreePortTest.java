package dev.millrace.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FreePortTest {
  @Test
  void aPortIsWaitedForWhileSomebodyListens() throws Exception {
    int port = FreePort.choose();
    assertThat(port).isBetween(20_000, 23_999);
    CompletableFuture<Void> free;
    try (var server = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      free = CompletableFuture.runAsync(() -> FreePort.await(port));
      assertThat(server.isBound()).isTrue();
      assertThat(free).isNotDone();
    }
    free.get(1, TimeUnit.MINUTES);
    new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
  }
}

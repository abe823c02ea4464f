package dev.millrace.servers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Chooses TCP ports for programs that have to be given one. Thread-safe. */
public final class FreePort {

  /**
   * Ports that systems do not give to outgoing connections (Linux gives those from 32768, others
   * those from 49152): nothing takes one by chance before the program listens on it, or while it is
   * down. The embedded Kafka chooses from 24000 on.
   */
  private static final int LOWEST = 20_000;

  private static final int END = 24_000;
  private static final int ATTEMPTS = 200;

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private FreePort() {}

  /**
   * A port that is free at this moment.
   *
   * @throws ServerException if there is none
   */
  public static int choose() {
    for (int i = 0; i < ATTEMPTS; i++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, END);
      try {
        return bound(port, false);
      } catch (IOException taken) {
        // the next one
      }
    }
    try {
      return bound(0, false);
    } catch (IOException e) {
      throw new ServerException("No free TCP port on 127.0.0.1: " + e, e);
    }
  }

  /**
   * Waits until nobody listens on the port. A server of this process that has been closed still
   * seems to, while a process that was being started meanwhile has a copy of its socket.
   *
   * @throws ServerException if somebody still does after half a minute
   */
  public static void await(int port) {
    if (!Await.until(PATIENCE, () -> nobodyListens(port))) {
      throw new ServerException("Port " + port + " on 127.0.0.1 is still taken.");
    }
  }

  private static boolean nobodyListens(int port) {
    try {
      return bound(port, true) == port;
    } catch (IOException taken) {
      return false;
    }
  }

  /**
   * Binds the port for a moment. The socket does not listen, and shares its address in the end, so
   * that a copy of it in a process that is being started is in nobody's way.
   */
  private static int bound(int port, boolean besideConnections) throws IOException {
    try (Socket socket = new Socket()) {
      socket.setReuseAddress(besideConnections);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      socket.setReuseAddress(true);
      return socket.getLocalPort();
    }
  }
}

package dev.millrace.servers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Chooses TCP ports for programs that have to be given one. Thread-safe. */
public final class FreePort {

  /**
   * Ports that systems do not give to outgoing connections (Linux gives those from 32768, others
   * those from 49152): nothing takes one by chance before the program listens on it, or while it is
   * down.
   */
  private static final int LOWEST = 20_000;

  private static final int END = 32_768;
  private static final int ATTEMPTS = 200;

  private FreePort() {}

  /**
   * A port that is free at this moment.
   *
   * @throws ServerException if there is none
   */
  public static int choose() {
    for (int i = 0; i < ATTEMPTS; i++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, END);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (IOException taken) {
        // the next one
      }
    }
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new ServerException("No free TCP port on 127.0.0.1: " + e, e);
    }
  }
}

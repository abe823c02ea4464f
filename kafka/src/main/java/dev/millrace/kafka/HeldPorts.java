package dev.millrace.kafka;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * TCP ports that are bound when they are chosen, until Kafka's server listens on them, so that no
 * other program can take one in between. Nobody listens on a held port, so that clients are
 * refused, as they are while the server is down (decision 0170). Thread-safe.
 */
final class HeldPorts implements AutoCloseable {

  /**
   * Ports that systems do not give to outgoing connections (Linux gives those from 32768, others
   * those from 49152): a port stays free while the server that had it is down and its clients try
   * to connect. Those from 20000 to 23999 are left to programs that can only be told a number.
   */
  private static final int LOWEST = 24_000;

  private static final int END = 32_768;
  private static final int ATTEMPTS = 200;
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final Map<Integer, Socket> held = new ConcurrentHashMap<>();
  private final InetAddress host;

  /** Holds nothing yet; the ports are those of the given address of this machine. */
  HeldPorts(InetAddress host) {
    this.host = host;
  }

  /**
   * Holds the port from now on; false where it is taken, or 0. Connections that a former server had
   * there, and that are ending still, do not matter, as they do not to a server. Looks for up to a
   * second: a program that this process is starting has a copy of the former server's socket until
   * it runs.
   */
  boolean take(int port) {
    if (port == 0 || held.containsKey(port)) {
      return false;
    }
    long end = System.nanoTime() + PATIENCE.toNanos();
    boolean taken = holds(port, true);
    while (!taken && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(10_000_000);
      taken = holds(port, true);
    }
    return taken;
  }

  /**
   * Holds any free port.
   *
   * @throws IOException when the host has none
   */
  int takeAny() throws IOException {
    for (int i = 0; i < ATTEMPTS; i++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, END);
      if (holds(port, false)) {
        return port;
      }
    }
    return hold(0, false);
  }

  private boolean holds(int port, boolean besideEndingConnections) {
    try {
      hold(port, besideEndingConnections);
      return true;
    } catch (IOException taken) {
      return false;
    }
  }

  private int hold(int port, boolean besideEndingConnections) throws IOException {
    Socket socket = new Socket(); // bound, and not listening
    try {
      socket.setReuseAddress(besideEndingConnections);
      socket.bind(new InetSocketAddress(host, port));
      held.put(socket.getLocalPort(), socket);
      return socket.getLocalPort();
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /**
   * Gives the port back, if it is held: who calls this opens it now. A program that this process is
   * starting has a copy of the socket until it runs; the address can be bound beside it, since
   * neither listens.
   */
  void release(int port) throws IOException {
    Socket socket = held.remove(port);
    if (socket != null) {
      socket.setReuseAddress(true);
      socket.close();
    }
  }

  /** Gives back all that are held. */
  @Override
  public void close() throws IOException {
    for (int port : held.keySet()) {
      release(port);
    }
  }
}

package dev.millrace.kafka;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * TCP ports that are bound when they are chosen and handed to Kafka's server bound, so that no
 * other program can take one in between. Thread-safe.
 */
final class HeldPorts implements AutoCloseable {

  /**
   * Ports that systems do not give to outgoing connections (Linux gives those from 32768, others
   * those from 49152): a port stays free while the server that had it is down and its clients try
   * to connect.
   */
  private static final int LOWEST = 20_000;

  private static final int END = 32_768;
  private static final int ATTEMPTS = 200;
  private static final int BACKLOG = 50;

  private final Map<Integer, ServerSocketChannel> held = new ConcurrentHashMap<>();
  private final InetAddress host;

  /** Holds nothing yet; the ports are those of the given address of this machine. */
  HeldPorts(InetAddress host) {
    this.host = host;
  }

  /** Holds the port from now on; false where it is taken, or 0. */
  boolean take(int port) {
    if (port == 0) {
      return false;
    }
    try {
      hold(port);
      return true;
    } catch (IOException taken) {
      return false;
    }
  }

  /**
   * Holds any free port.
   *
   * @throws IOException when the host has none
   */
  int takeAny() throws IOException {
    for (int i = 0; i < ATTEMPTS; i++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, END);
      if (take(port)) {
        return port;
      }
    }
    return hold(0);
  }

  private int hold(int port) throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open();
    try {
      channel.bind(new InetSocketAddress(host, port), BACKLOG);
      channel.configureBlocking(false);
      int bound = channel.socket().getLocalPort();
      held.put(bound, channel);
      return bound;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** The socket that holds the port, which is the caller's from now on; empty for another port. */
  Optional<ServerSocketChannel> handOver(int port) {
    return Optional.ofNullable(held.remove(port));
  }

  /** Gives back the ports that have not been handed over. */
  @Override
  public void close() {
    for (ServerSocketChannel channel : held.values()) {
      try {
        channel.close();
      } catch (IOException e) {
        // nothing was read from it or written to it: it is gone either way
      }
    }
    held.clear();
  }
}

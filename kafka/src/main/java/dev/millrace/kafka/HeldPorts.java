package dev.millrace.kafka;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.server.ServerSocketFactory;

/**
 * TCP ports that are bound when they are chosen and handed to Kafka's server bound, so that no
 * other program can take one in between. Thread-safe.
 */
final class HeldPorts implements ServerSocketFactory, AutoCloseable {

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

  /** What Kafka's server listens with: the channel held for that port, which is Kafka's then. */
  @Override
  public ServerSocketChannel openServerSocket(
      String listener, InetSocketAddress address, int backlog, int receiveBuffer)
      throws IOException {
    ServerSocketChannel channel = held.remove(address.getPort());
    return channel == null
        ? ServerSocketFactory.INSTANCE.openServerSocket(listener, address, backlog, receiveBuffer)
        : channel;
  }

  /** Gives back the ports that Kafka has not taken over. */
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

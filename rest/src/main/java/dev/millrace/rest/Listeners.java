package dev.millrace.rest;

import java.io.IOException;
import java.net.BindException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;

/** Binds addresses. Used by the thread that opens the server. */
final class Listeners {

  private static final int ACCEPT_QUEUE = 1_024; // clients that come at once are not turned away
  private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(90); // compat: REST §3
  private static final Duration IDLE_TIMEOUT_AT_STOP = Duration.ofMillis(100);

  private final Server server;
  private final List<ServerConnector> bound = new ArrayList<>();

  Listeners(Server server) {
    this.server = server;
  }

  /**
   * Binds these, in this order.
   *
   * @param tls settings for those that are https
   * @throws IllegalStateException when an address cannot be used; nothing is bound then
   */
  List<ServerConnector> bind(List<ListenAddress> addresses, Map<String, String> tls) {
    return addresses.stream().map(address -> bind(address, tls)).toList();
  }

  private ServerConnector bind(ListenAddress address, Map<String, String> tls) {
    try {
      var connector = connector(address, tls);
      connector.open();
      bound.add(connector);
      server.addConnector(connector);
      return connector;
    } catch (IOException | RuntimeException e) {
      close();
      throw new IllegalStateException(cannotBind(address, e), e);
    }
  }

  /** Frees the addresses of a server that was not started. */
  void close() {
    bound.forEach(ServerConnector::close);
  }

  private ServerConnector connector(ListenAddress address, Map<String, String> tls) {
    var connector =
        address.scheme().equals("https") ? secure(tls) : new ServerConnector(server, 1, 1, http());
    if (!address.host().isEmpty()) connector.setHost(address.host());
    connector.setPort(address.port());
    connector.setIdleTimeout(IDLE_TIMEOUT.toMillis());
    connector.setAcceptQueueSize(ACCEPT_QUEUE);
    connector.setShutdownIdleTimeout(IDLE_TIMEOUT_AT_STOP.toMillis());
    return connector;
  }

  private ServerConnector secure(Map<String, String> tls) {
    var http = http();
    http.getHttpConfiguration().addCustomizer(new SecureRequestCustomizer(false));
    return new ServerConnector(
        server, 1, 1, new SslConnectionFactory(Tls.server(tls), http.getProtocol()), http);
  }

  private static HttpConnectionFactory http() {
    var http = new HttpConfiguration();
    http.setSendServerVersion(false);
    return new HttpConnectionFactory(http);
  }

  private static String cannotBind(ListenAddress address, Exception error) {
    var cause = error.getCause() == null ? error : error.getCause();
    var why =
        cause instanceof UnresolvedAddressException
            ? "its host name cannot be resolved"
            : cause.getMessage();
    var mend =
        cause instanceof BindException
            ? "Stop what uses it, or set another port in listeners (0 for a free one)"
            : "Correct the setting listeners";
    return "Cannot listen on %s: %s. %s".formatted(address.text(), why, mend);
  }
}

package dev.millrace.rest;

import dev.millrace.worker.RestListener;
import dev.millrace.worker.WorkerApi;
import java.io.IOException;
import java.net.BindException;
import java.net.URI;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.NanoTime;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.VirtualThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The REST server of a worker. Each request runs on a virtual thread of its own; how many run at
 * once is bounded. Thread-safe; opened and closed by the worker.
 */
public final class RestServer implements RestListener {

  private static final Logger LOG = LoggerFactory.getLogger(RestServer.class);
  private static final Logger ACCESS = LoggerFactory.getLogger("dev.millrace.rest.access");

  /** How long requests under way may take to end when the server is closed. */
  static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

  private static final int ACCEPT_QUEUE = 1_024; // clients that come at once are not turned away
  private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(90); // compat: REST §3
  private static final Duration IDLE_TIMEOUT_AT_STOP = Duration.ofMillis(100);
  private static final int THREADS = 8;
  private static final int THREADS_PER_LISTENER = 4; // acceptor, selector and room
  private static final int REQUESTS_AT_ONCE = 256;

  private final Server server;
  private final URI uri;

  private RestServer(Server server, URI uri) {
    this.server = server;
    this.uri = uri;
  }

  /** Opens servers of this kind. */
  public static RestListener.Factory factory() {
    return RestServer::open;
  }

  /**
   * Binds all addresses and serves at once.
   *
   * @param listeners as in the worker setting {@code listeners}; empty for {@code http://:8083}
   * @throws IllegalStateException when an address cannot be used; says which, and how to mend it
   */
  private static RestServer open(List<String> listeners, WorkerApi worker) {
    var addresses = ListenAddress.parse(listeners);
    var server = new Server(threads(addresses.size()));
    var router = new Router(Routes.of(worker), worker::ready);
    server.setHandler(new GracefulHandler(new HttpBridge(router, worker::workerId)));
    server.setRequestLog(RestServer::logAccess);
    server.setStopTimeout(STOP_TIMEOUT.toMillis());
    var connectors = bind(server, addresses);
    start(server, connectors);
    var first = addresses.getFirst();
    int port = connectors.getFirst().getLocalPort();
    var uri = URI.create("http://" + first.reachableHost() + ":" + port + "/");
    LOG.info("REST server listens at {}", uri);
    return new RestServer(server, uri);
  }

  private static QueuedThreadPool threads(int listeners) {
    var requests = new VirtualThreadPool(REQUESTS_AT_ONCE);
    requests.setName("rest-request");
    var pool = new QueuedThreadPool(THREADS + THREADS_PER_LISTENER * listeners);
    pool.setName("rest");
    pool.setDaemon(true);
    pool.setVirtualThreadsExecutor(requests);
    return pool;
  }

  private static List<ServerConnector> bind(Server server, List<ListenAddress> addresses) {
    var bound = new ArrayList<ServerConnector>();
    for (var address : addresses) {
      var connector = connector(server, address);
      try {
        connector.open();
      } catch (IOException | RuntimeException e) {
        bound.forEach(ServerConnector::close);
        throw new IllegalStateException(cannotBind(address, e), e);
      }
      bound.add(connector);
      server.addConnector(connector);
    }
    return bound;
  }

  private static ServerConnector connector(Server server, ListenAddress address) {
    var http = new HttpConfiguration();
    http.setSendServerVersion(false);
    var connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
    if (!address.host().isEmpty()) connector.setHost(address.host());
    connector.setPort(address.port());
    connector.setIdleTimeout(IDLE_TIMEOUT.toMillis());
    connector.setAcceptQueueSize(ACCEPT_QUEUE);
    connector.setShutdownIdleTimeout(IDLE_TIMEOUT_AT_STOP.toMillis());
    return connector;
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

  private static void start(Server server, List<ServerConnector> connectors) {
    try {
      server.start();
    } catch (Exception e) {
      connectors.forEach(ServerConnector::close);
      throw new IllegalStateException("The REST server did not start: " + e.getMessage(), e);
    }
  }

  /** Path without the query: keys of tables do not belong into logs. */
  private static void logAccess(
      org.eclipse.jetty.server.Request request, org.eclipse.jetty.server.Response response) {
    ACCESS.info(
        "{} {} {} {} ms",
        request.getMethod(),
        request.getHttpURI().getPath(),
        response.getStatus(),
        NanoTime.millisSince(request.getBeginNanoTime()));
  }

  @Override
  public URI uri() {
    return uri;
  }

  /** Idempotent. Requests still running after five seconds are interrupted. */
  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      LOG.warn("The REST server at {} did not stop in order", uri, e);
    }
  }
}

package dev.millrace.rest;

import dev.millrace.worker.RestListener;
import dev.millrace.worker.WorkerApi;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.VirtualThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The REST server of a worker. Each request runs on a virtual thread of its own; connections,
 * requests at once and the room of their bodies are bounded. Thread-safe; opened and closed by the
 * worker.
 */
public final class RestServer implements RestListener {

  private static final Logger LOG = LoggerFactory.getLogger(RestServer.class);

  /** How long requests under way may take to end when the server is closed. */
  static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

  private static final String REGULAR_TLS = "listeners.https.";
  private static final int THREADS = 8;
  private static final int THREADS_PER_LISTENER = 4; // acceptor, selector and room
  private static final int CONNECTIONS = 2_000; // each has at most one request under way
  private static final Duration IDLE_WHEN_FULL = Duration.ofSeconds(5);

  private final Server server;
  private final Addresses addresses;
  private final PeerClient peers;

  private RestServer(Server server, Addresses addresses, PeerClient peers) {
    this.server = server;
    this.addresses = addresses;
    this.peers = peers;
  }

  /** Opens servers of this kind. */
  public static RestListener.Factory factory() {
    return RestServer::open;
  }

  /**
   * Binds all addresses and serves at once.
   *
   * @throws IllegalStateException when an address cannot be used; says which, and how to mend it
   */
  private static RestServer open(Map<String, String> given, WorkerApi worker) {
    var settings = RestSettings.of(given);
    var addresses = settings.listeners();
    var separate = settings.adminListeners();
    var requests = new VirtualThreadPool(CONNECTIONS);
    requests.setName("rest-request");
    int all = addresses.size() + separate.map(List::size).orElse(0);
    var server = new Server(threads(all, requests));
    server.addBean(connections(server));
    var listeners = new Listeners(server);
    var regular = listeners.bind(addresses, settings.tls(REGULAR_TLS));
    var admin = listeners.bind(separate.orElse(List.of()), settings.tls("admin.listeners.https."));
    var peers = new PeerClient(() -> Tls.client(settings.tls(REGULAR_TLS)));
    var frontend = frontend(settings, worker, listeners, admin, peers);
    server.setHandler(new GracefulHandler(new HttpBridge(frontend, worker::workerId, requests)));
    server.setRequestLog(new AccessLog());
    server.setStopTimeout(STOP_TIMEOUT.toMillis());
    start(server, listeners);
    var uris = Addresses.of(settings, ports(regular), ports(admin), MachineAddress::find);
    LOG.info("REST server listens at {}", uris.own());
    return new RestServer(server, uris, peers);
  }

  private static List<Integer> ports(List<ServerConnector> connectors) {
    return connectors.stream().map(ServerConnector::getLocalPort).toList();
  }

  /** Others' code is registered here: when that fails, no address stays bound. */
  private static Frontend frontend(
      RestSettings settings,
      WorkerApi worker,
      Listeners listeners,
      List<ServerConnector> admin,
      PeerClient peers) {
    try {
      return frontend(settings, worker, admin, peers);
    } catch (RuntimeException | Error e) {
      listeners.close();
      throw e;
    }
  }

  private static Frontend frontend(
      RestSettings settings, WorkerApi worker, List<ServerConnector> admin, PeerClient peers) {
    var routes = Routes.of(worker, settings, peers);
    var onward = new Onward(worker, peers, settings.signatures(worker));
    var regular = Routes.regular(settings, routes);
    return new Frontend(
        extended(settings, worker, new Router(regular, worker, onward)),
        new Router(routes.stream().filter(Route::isAdmin).toList(), worker, onward),
        admin::contains,
        settings.cors(),
        settings.headerRules(),
        InstantSource.system());
  }

  private static Function<Request, Response> extended(
      RestSettings settings, WorkerApi worker, Router router) {
    var classes = settings.extensions();
    return classes.isEmpty()
        ? router::answer
        : new ExtensionGate(
            worker.restExtensions(classes),
            new ExtensionState(worker),
            router::knows,
            router::answer);
  }

  /** Beyond so many connections none is accepted, and idle ones are closed sooner. */
  private static NetworkConnectionLimit connections(Server server) {
    var limit = new NetworkConnectionLimit(CONNECTIONS, server);
    limit.setEndPointIdleTimeout(IDLE_WHEN_FULL.toMillis());
    return limit;
  }

  private static QueuedThreadPool threads(int listeners, VirtualThreadPool requests) {
    var pool = new QueuedThreadPool(THREADS + THREADS_PER_LISTENER * listeners);
    pool.setName("rest");
    pool.setDaemon(true);
    pool.setVirtualThreadsExecutor(requests);
    return pool;
  }

  private static void start(Server server, Listeners listeners) {
    try {
      server.start();
    } catch (Exception e) {
      listeners.close();
      throw new IllegalStateException("The REST server did not start: " + e.getMessage(), e);
    }
  }

  @Override
  public URI uri() {
    return addresses.own();
  }

  @Override
  public URI advertised() {
    return addresses.advertised();
  }

  @Override
  public Optional<URI> adminUri() {
    return addresses.admin();
  }

  /** Idempotent. Requests still running after five seconds are interrupted. */
  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      LOG.warn("The REST server at {} did not stop in order", addresses.own(), e);
    } finally {
      peers.close(); // not before: requests under way may be waiting for the leader's answer
    }
  }
}

package dev.millrace.kafka;

import dev.millrace.kafka.DataDirectory.Identity;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real single-node Kafka (broker and controller) inside this process. Its data directory is kept:
 * a later start with the same directory goes on with the same cluster, data and, if still free, the
 * same port. Survives being killed. Thread-safe.
 *
 * <p>Kafka itself ends the whole process when its disk fails while it runs; whoever cannot accept
 * that runs {@link EmbeddedKafkaMain} as a process of its own.
 */
public final class EmbeddedKafka implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedKafka.class);
  private static final int NODE_ID = 1;
  private static final int REASONS = 5;

  private final DataDirectory directory;
  private final BrokerRuntime runtime;
  private final Identity identity;
  private final String host;
  private final Duration stopTimeout;
  private final AtomicBoolean closed = new AtomicBoolean();

  private EmbeddedKafka(
      DataDirectory directory, BrokerRuntime runtime, Identity identity, Builder builder) {
    this.directory = directory;
    this.runtime = runtime;
    this.identity = identity;
    this.host = builder.host;
    this.stopTimeout = builder.stopTimeout;
  }

  /** A builder; {@link Builder#dataDir} is required. */
  public static Builder builder() {
    return new Builder();
  }

  /** {@code host:port} for clients. */
  public String bootstrapServers() {
    return host + ":" + identity.port();
  }

  /** The port clients connect to. */
  public int port() {
    return identity.port();
  }

  /** The cluster's id, the same over restarts. */
  public String clusterId() {
    return identity.clusterId();
  }

  /** The directory that holds the data. */
  public Path dataDir() {
    return directory.path();
  }

  /**
   * Stops Kafka cleanly; idempotent.
   *
   * @throws EmbeddedKafkaException when it has not stopped within the stop timeout; the directory
   *     then stays locked until this process ends
   */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      within(stopTimeout, "stop", directory.path(), Executors.callable(runtime::stop));
      directory.close();
    }
  }

  /** Settings of an embedded Kafka. Not thread-safe. */
  public static final class Builder {
    private final Map<String, String> overrides = new LinkedHashMap<>();
    private Path dataDir;
    private int port;
    private String host = "127.0.0.1";
    private Duration startTimeout = Duration.ofSeconds(90);
    private Duration stopTimeout = Duration.ofSeconds(30);

    private Builder() {}

    /** Where the data are kept; created if missing. */
    public Builder dataDir(Path dir) {
      this.dataDir = dir;
      return this;
    }

    /** The port for clients; 0 (the default) takes the one used last or any free one. */
    public Builder port(int clientPort) {
      this.port = clientPort;
      return this;
    }

    /** The address to listen on and to advertise; default 127.0.0.1. */
    public Builder host(String address) {
      this.host = address;
      return this;
    }

    /** A broker setting of Kafka; identity, listeners and directories cannot be changed. */
    public Builder setting(String name, String value) {
      overrides.put(name, value);
      return this;
    }

    /** How long the start may take; default 90 s. */
    public Builder startTimeout(Duration timeout) {
      this.startTimeout = timeout;
      return this;
    }

    /** How long a clean stop may take; default 30 s. */
    public Builder stopTimeout(Duration timeout) {
      this.stopTimeout = timeout;
      return this;
    }

    /**
     * Starts Kafka and returns when it answers.
     *
     * @throws EmbeddedKafkaException when the directory or the port cannot be used, or Kafka did
     *     not start in time
     */
    public EmbeddedKafka start() {
      if (dataDir == null) {
        throw new IllegalStateException("dataDir(...) is required to start an embedded Kafka");
      }
      DataDirectory directory = DataDirectory.open(dataDir);
      try {
        return start(directory);
      } catch (RuntimeException e) {
        directory.close();
        throw e;
      }
    }

    private EmbeddedKafka start(DataDirectory directory) {
      try (HeldPorts ports = new HeldPorts(InetAddress.getByName(host))) {
        return start(directory, ports);
      } catch (IOException e) {
        throw new EmbeddedKafkaException(
            "No port on '%s' can be opened for the embedded Kafka: %s. Choose another host."
                .formatted(host, e.getMessage()),
            e);
      }
    }

    private EmbeddedKafka start(DataDirectory directory, HeldPorts ports) throws IOException {
      Identity identity = choosePorts(directory.identity(), directory.path(), ports);
      directory.store(identity);
      Properties settings =
          BrokerSettings.of(identity, host, directory.logDir(), Map.copyOf(overrides));
      if (!directory.formatted()) {
        BrokerRuntime.format(identity.clusterId(), directory.write("format.properties", settings));
      } else {
        fence(settings, directory.path(), ports);
      }
      BrokerRuntime runtime = new BrokerRuntime(settings, ports);
      startOrStop(runtime, directory.path());
      LOG.info(
          "Embedded Kafka {} on {}:{}, data in {}",
          identity.clusterId(),
          host,
          identity.port(),
          directory.path());
      return new EmbeddedKafka(directory, runtime, identity, this);
    }

    private void fence(Properties settings, Path dir, HeldPorts ports) throws IOException {
      int port = ports.takeAny();
      Callable<Void> fencing =
          () -> {
            BrokerRuntime.fence(settings, ports, port, startTimeout);
            return null;
          };
      within(startTimeout, "recover", dir, fencing);
    }

    private void startOrStop(BrokerRuntime runtime, Path dir) {
      try {
        within(
            startTimeout, "start", dir, Executors.callable(runtime::start), runtime.firstFault());
      } catch (EmbeddedKafkaException e) {
        try {
          within(stopTimeout, "stop", dir, Executors.callable(runtime::stop));
        } catch (EmbeddedKafkaException stopping) {
          e.addSuppressed(stopping);
        }
        throw e;
      }
    }

    private Identity choosePorts(Optional<Identity> stored, Path dir, HeldPorts ports)
        throws IOException {
      int clientPort = choosePort(stored.map(Identity::port).orElse(0), dir, ports);
      int lastControllerPort = stored.map(Identity::controllerPort).orElse(0);
      return new Identity(
          stored.map(Identity::clusterId).orElseGet(BrokerRuntime::newClusterId),
          stored.map(Identity::nodeId).orElse(NODE_ID),
          clientPort,
          ports.take(lastControllerPort) ? lastControllerPort : ports.takeAny());
    }

    private int choosePort(int last, Path dir, HeldPorts ports) throws IOException {
      if (port != 0) {
        if (!ports.take(port)) {
          throw new EmbeddedKafkaException(
              "Port %d on %s, wanted by the embedded Kafka in '%s', is taken by another program. Stop that program or choose another port (0 takes a free one)."
                  .formatted(port, host, dir));
        }
        return port;
      }
      return ports.take(last) ? last : ports.takeAny();
    }
  }

  private static void within(Duration timeout, String what, Path dir, Callable<?> step) {
    within(timeout, what, dir, step, new CompletableFuture<>());
  }

  /**
   * Runs a blocking step of Kafka's server on a thread of its own, with a deadline.
   *
   * @param fault fails when the step is not to be waited for any longer
   */
  private static void within(
      Duration timeout, String what, Path dir, Callable<?> step, CompletableFuture<?> fault) {
    CompletableFuture<Object> done = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                done.complete(step.call());
              } catch (Throwable e) { // told to whoever waits
                done.completeExceptionally(e);
              }
            },
            "embedded-kafka-" + what);
    thread.setDaemon(true);
    thread.start();
    try {
      CompletableFuture.anyOf(done, fault).get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new EmbeddedKafkaException(
          "The embedded Kafka in '%s' did not %s within %d s. Its log tells what it waits for; a port taken in the meantime or a very busy machine are the usual causes."
              .formatted(dir, what, timeout.toSeconds()),
          e);
    } catch (ExecutionException e) {
      throw new EmbeddedKafkaException(
          "The embedded Kafka in '%s' did not %s: %s".formatted(dir, what, reasons(e.getCause())),
          e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EmbeddedKafkaException(
          "Interrupted while the embedded Kafka in '%s' was to %s.".formatted(dir, what), e);
    }
  }

  /** What went wrong, and what that was due to: Kafka's own outermost failure seldom tells it. */
  private static String reasons(Throwable failure) {
    var text = new StringBuilder(failure.toString());
    Throwable last = failure;
    for (int i = 0; i < REASONS && last.getCause() != null; i++) {
      last = last.getCause();
      text.append(", since: ").append(last);
    }
    return text.toString();
  }
}

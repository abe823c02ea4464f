package dev.millrace.kafka;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.FaultHandlerFactory;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.Server;
import kafka.server.SharedServer;
import kafka.server.StandardFaultHandlerFactory;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.image.loader.LoaderManifest;
import org.apache.kafka.image.publisher.MetadataPublisher;
import org.apache.kafka.metadata.BrokerRegistration;
import org.apache.kafka.metadata.bootstrap.BootstrapMetadata;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.raft.QuorumConfig;
import org.apache.kafka.server.ServerSocketFactory;
import org.apache.kafka.server.fault.FaultHandler;
import org.slf4j.LoggerFactory;
import scala.Tuple2;

/**
 * The only class that touches Kafka's server classes. Owned by one {@link EmbeddedKafka}; {@link
 * #start} and {@link #stop} block and are called from threads that may be abandoned.
 */
final class BrokerRuntime {

  private final ControllerServer controller;
  private final BrokerServer broker;
  private final Faults faults = new Faults();

  /** Of the node with these settings, whose listeners' ports are held. */
  BrokerRuntime(Properties settings, HeldPorts ports) {
    KafkaConfig config = KafkaConfig.fromProps(settings, false);
    var directories = directories(config);
    SharedServer shared =
        shared(
            config,
            directories._1(),
            Server.initializeMetrics(
                config, Time.SYSTEM, directories._1().clusterId().orElseThrow()),
            faults,
            ports);
    this.controller =
        new ControllerServer(shared, KafkaRaftServer.configSchema(), directories._2());
    this.broker = new BrokerServer(shared);
  }

  private static Tuple2<MetaPropertiesEnsemble, BootstrapMetadata> directories(KafkaConfig config) {
    return KafkaRaftServer.initializeLogDirs(
        config, LoggerFactory.getLogger(KafkaRaftServer.class), "");
  }

  private static SharedServer shared(
      KafkaConfig config,
      MetaPropertiesEnsemble directories,
      Metrics metrics,
      Faults faults,
      HeldPorts ports) {
    return new SharedServer(
        config,
        directories,
        Time.SYSTEM,
        metrics,
        CompletableFuture.completedFuture(
            QuorumConfig.parseVoterConnections(config.quorumConfig().voters())),
        List.of(),
        faults,
        sockets(ports));
  }

  private static ServerSocketFactory sockets(HeldPorts ports) {
    return (listener, address, backlog, receiveBuffer) -> {
      ports.release(address.getPort());
      return ServerSocketFactory.INSTANCE.openServerSocket(
          listener, address, backlog, receiveBuffer);
    };
  }

  /** A new cluster id. */
  static String newClusterId() {
    return Uuid.randomUuid().toString();
  }

  /** Formats the log directory that the settings file names; does nothing where it is formatted. */
  static void format(String clusterId, Path settingsFile) {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    String[] arguments = {
      "format", "--ignore-formatted", "-t", clusterId, "-c", settingsFile.toString()
    };
    int code;
    try (PrintStream stream = new PrintStream(output, true, StandardCharsets.UTF_8)) {
      code = StorageTool.execute(arguments, stream);
    }
    if (code != 0) {
      throw new EmbeddedKafkaException(
          "Kafka could not format its storage: " + output.toString(StandardCharsets.UTF_8).strip());
    }
  }

  /**
   * Makes the metadata of a node that ran before say that it is down: a controller alone runs until
   * it has fenced the broker. Blocks until then.
   *
   * <p>Without this the broker would take itself for the leader of its partitions by the metadata
   * of its last run, and lose that leadership for a moment when it registers anew. The transaction
   * coordinator takes partitions without leader for deleted and drops the end markers of
   * transactions that were ending when the process was killed: committed records would stay
   * invisible, and readers of committed records blocked, for ever.
   *
   * @param port held, for this controller only: Kafka gives it back when the controller ends
   */
  static void fence(Properties settings, HeldPorts ports, int port, Duration timeout)
      throws InterruptedException, ExecutionException, TimeoutException {
    KafkaConfig config = KafkaConfig.fromProps(controllerAlone(settings, port), false);
    var directories = directories(config);
    Faults faults = new Faults();
    SharedServer shared = shared(config, directories._1(), new Metrics(), faults, ports);
    ControllerServer controller =
        new ControllerServer(shared, KafkaRaftServer.configSchema(), directories._2());
    try {
      controller.startup();
      Fenced fenced = new Fenced(shared.nodeId());
      shared.loader().installPublishers(List.of(fenced)).get();
      CompletableFuture.anyOf(fenced.done, faults.first())
          .get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } finally {
      controller.shutdown();
    }
  }

  private static Properties controllerAlone(Properties settings, int port) {
    Properties p = new Properties();
    p.putAll(settings);
    p.setProperty("process.roles", "controller");
    for (String name : List.of("listeners", "controller.quorum.voters")) {
      // only the controller's, which is the last, and its port at the very end
      p.setProperty(
          name,
          settings.getProperty(name).replaceFirst("^.*,", "").replaceFirst("\\d+$", "" + port));
    }
    p.remove("advertised.listeners");
    p.setProperty("broker.session.timeout.ms", "100");
    p.setProperty("broker.heartbeat.interval.ms", "50");
    return p;
  }

  /** Completes when the metadata know no running broker of an id. Confined to the loader thread. */
  private static final class Fenced implements MetadataPublisher {
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private final int nodeId;

    Fenced(int nodeId) {
      this.nodeId = nodeId;
    }

    @Override
    public String name() {
      return "fenced";
    }

    @Override
    public void onMetadataUpdate(
        MetadataDelta delta, MetadataImage image, LoaderManifest manifest) {
      BrokerRegistration broker = image.cluster().broker(nodeId);
      if (broker == null || broker.fenced()) {
        done.complete(null);
      }
    }
  }

  /** Fails when the server has a fault before it runs; {@link #start} may then hang. */
  CompletableFuture<Void> firstFault() {
    return faults.first();
  }

  /** Returns when the broker answers requests. */
  void start() {
    controller.startup();
    broker.startup();
    faults.started();
  }

  /** Returns when everything has been closed. */
  void stop() {
    faults.stopping();
    broker.shutdown();
    controller.shutdown();
    broker.awaitShutdown();
    controller.awaitShutdown();
  }

  /**
   * The faults that a server of Kafka reports and does not survive. Kafka's own way is to end the
   * whole process with each of them, which is right while the server runs, since whatever it is
   * embedded in needs it. What goes wrong when it starts is here the start's failure, however, and
   * what goes wrong when it stops is logged. Thread-safe; called by threads of the server (decision
   * 0195).
   */
  private static final class Faults implements FaultHandlerFactory {

    private final FaultHandlerFactory standard = new StandardFaultHandlerFactory();
    private final CompletableFuture<Void> first = new CompletableFuture<>();
    private final AtomicBoolean running = new AtomicBoolean();

    /**
     * Fails with the first fault outside the time in which the server runs; else never completes.
     */
    CompletableFuture<Void> first() {
      return first;
    }

    @Override
    public FaultHandler build(String name, boolean fatal, Runnable action) {
      FaultHandler logging = standard.build(name, false, action);
      return fatal ? fatal(logging, standard.build(name, true, action)) : logging;
    }

    private FaultHandler fatal(FaultHandler logging, FaultHandler ending) {
      return (message, cause) -> {
        if (running.get()) {
          return ending.handleFault(message, cause);
        }
        RuntimeException fault = logging.handleFault(message, cause);
        first.completeExceptionally(fault);
        return fault;
      };
    }

    /** The server runs: faults are fatal from now on. */
    void started() {
      running.set(true);
    }

    /** The server is asked to stop: faults are of no consequence any more. */
    void stopping() {
      running.set(false);
    }
  }
}

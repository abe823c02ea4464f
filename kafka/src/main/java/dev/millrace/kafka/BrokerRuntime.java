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
import kafka.server.ControllerServer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
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
import org.apache.kafka.raft.QuorumConfig;
import org.apache.kafka.server.ServerSocketFactory;
import org.slf4j.LoggerFactory;

/**
 * The only class that touches Kafka's server classes. Owned by one {@link EmbeddedKafka}; {@link
 * #start} and {@link #stop} block and are called from threads that may be abandoned.
 */
final class BrokerRuntime {

  private final KafkaRaftServer server;

  BrokerRuntime(Properties settings) {
    this.server = new KafkaRaftServer(KafkaConfig.fromProps(settings, false), Time.SYSTEM);
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
   */
  static void fence(Properties settings, Duration timeout)
      throws InterruptedException, ExecutionException, TimeoutException {
    KafkaConfig config = KafkaConfig.fromProps(controllerAlone(settings), false);
    var directories =
        KafkaRaftServer.initializeLogDirs(
            config, LoggerFactory.getLogger(KafkaRaftServer.class), "");
    SharedServer shared =
        new SharedServer(
            config,
            directories._1(),
            Time.SYSTEM,
            new Metrics(),
            CompletableFuture.completedFuture(
                QuorumConfig.parseVoterConnections(config.quorumConfig().voters())),
            List.of(),
            new StandardFaultHandlerFactory(),
            ServerSocketFactory.INSTANCE);
    ControllerServer controller =
        new ControllerServer(shared, KafkaRaftServer.configSchema(), directories._2());
    try {
      controller.startup();
      Fenced fenced = new Fenced(shared.nodeId());
      shared.loader().installPublishers(List.of(fenced)).get();
      fenced.done.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } finally {
      controller.shutdown();
    }
  }

  private static Properties controllerAlone(Properties settings) {
    Properties p = new Properties();
    p.putAll(settings);
    p.setProperty("process.roles", "controller");
    p.setProperty(
        "listeners", settings.getProperty("listeners").replaceFirst("^PLAINTEXT[^,]*,", ""));
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

  /** Returns when the broker answers requests. */
  void start() {
    server.startup();
  }

  /** Returns when everything has been closed. */
  void stop() {
    server.shutdown();
    server.awaitShutdown();
  }
}

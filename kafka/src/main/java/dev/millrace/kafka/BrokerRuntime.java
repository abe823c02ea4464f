package dev.millrace.kafka;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;

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

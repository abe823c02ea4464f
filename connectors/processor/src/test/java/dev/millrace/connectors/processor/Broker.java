package dev.millrace.connectors.processor;

import dev.millrace.servers.FreePort;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;

/** A single-node Kafka in this JVM. Owned by one test class. */
public final class Broker implements AutoCloseable {
  private static final List<String> ONES =
      List.of(
          "offsets.topic.replication.factor",
          "offsets.topic.num.partitions",
          "transaction.state.log.replication.factor",
          "transaction.state.log.min.isr",
          "transaction.state.log.num.partitions",
          "share.coordinator.state.topic.replication.factor",
          "share.coordinator.state.topic.min.isr",
          "share.coordinator.state.topic.num.partitions",
          "num.network.threads",
          "background.threads",
          "num.recovery.threads.per.data.dir");

  private final Path directory;
  private final int port;
  private final int controllerPort;
  private KafkaRaftServer server;

  private Broker(Path directory, int port, int controllerPort) {
    this.directory = directory;
    this.port = port;
    this.controllerPort = controllerPort;
  }

  public static Broker start(Path directory) throws IOException {
    Broker broker = new Broker(directory, FreePort.choose(), FreePort.choose());
    Path file = Files.createDirectories(directory).resolve("server.properties");
    try (OutputStream out = Files.newOutputStream(file)) {
      broker.properties().store(out, null);
    }
    String[] format = {"format", "-t", Uuid.randomUuid().toString(), "-c", file.toString()};
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    if (StorageTool.execute(format, nowhere) != 0) {
      throw new IllegalStateException("formatting failed");
    }
    broker.up();
    return broker;
  }

  /** Starts it again after {@link #down}, on the same ports with the same data. */
  public void up() {
    FreePort.await(port);
    FreePort.await(controllerPort);
    server = new KafkaRaftServer(KafkaConfig.fromProps(properties(), false), Time.SYSTEM);
    server.startup();
  }

  public void down() {
    server.shutdown();
    server.awaitShutdown();
  }

  public String address() {
    return "127.0.0.1:" + port;
  }

  private Properties properties() {
    Properties p = new Properties();
    p.put("process.roles", "broker,controller");
    p.put("node.id", "1");
    p.put("controller.quorum.voters", "1@localhost:" + controllerPort);
    p.put("listeners", "PLAINTEXT://" + address() + ",CONTROLLER://127.0.0.1:" + controllerPort);
    p.put("advertised.listeners", "PLAINTEXT://" + address());
    p.put("controller.listener.names", "CONTROLLER");
    p.put("inter.broker.listener.name", "PLAINTEXT");
    p.put("listener.security.protocol.map", "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT");
    p.put("log.dirs", directory.resolve("data").toString());
    ONES.forEach(key -> p.put(key, "1"));
    p.put("group.initial.rebalance.delay.ms", "0");
    p.put("log.cleaner.dedupe.buffer.size", "2097152");
    p.put("controlled.shutdown.enable", "false");
    return p;
  }

  @Override
  public void close() {
    down();
  }
}

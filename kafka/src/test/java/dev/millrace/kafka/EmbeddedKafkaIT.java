package dev.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The embedded Kafka as a real server. */
class EmbeddedKafkaIT {

  @TempDir Path dir;

  @Test
  void aRestartContinuesWithDataClusterAndPort() throws Exception {
    String clusterId;
    int port;
    try (EmbeddedKafka kafka = EmbeddedKafka.builder().dataDir(dir).start()) {
      clusterId = kafka.clusterId();
      port = kafka.port();
      assertThat(KafkaTesting.clusterId(kafka.bootstrapServers())).isEqualTo(clusterId);
      KafkaTesting.send(kafka.bootstrapServers(), "letters", Map.of("a", "1"));
    }
    try (EmbeddedKafka kafka = EmbeddedKafka.builder().dataDir(dir).start()) {
      assertThat(kafka.clusterId()).isEqualTo(clusterId);
      assertThat(kafka.port()).isEqualTo(port);
      assertThat(KafkaTesting.read(kafka.bootstrapServers(), "letters", 1)).containsExactly("a=1");
    }
  }

  @Test
  void aPortTakenInTheMeantimeIsReplacedAndRemembered() throws Exception {
    int port;
    int controllerPort;
    try (EmbeddedKafka kafka = EmbeddedKafka.builder().dataDir(dir).start()) {
      port = kafka.port();
      controllerPort = stored("controller.port");
      KafkaTesting.send(kafka.bootstrapServers(), "letters", Map.of("a", "1"));
    }
    InetAddress host = InetAddress.getLoopbackAddress();
    try (ServerSocket first = new ServerSocket(port, 1, host);
        ServerSocket second = new ServerSocket(controllerPort, 1, host);
        EmbeddedKafka kafka = EmbeddedKafka.builder().dataDir(dir).start()) {
      assertThat(kafka.port()).isNotIn(first.getLocalPort(), second.getLocalPort());
      assertThat(stored("port")).isEqualTo(kafka.port());
      assertThat(stored("controller.port")).isNotEqualTo(controllerPort);
      assertThat(KafkaTesting.read(kafka.bootstrapServers(), "letters", 1)).containsExactly("a=1");
    }
  }

  private int stored(String key) throws Exception {
    Properties p = new Properties();
    try (var in = Files.newInputStream(dir.resolve("embedded.properties"))) {
      p.load(in);
    }
    return Integer.parseInt(p.getProperty(key));
  }

  @Test
  void aWantedPortThatIsTakenIsAnError() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      assertThatThrownBy(() -> EmbeddedKafka.builder().dataDir(dir).port(port).start())
          .isInstanceOf(EmbeddedKafkaException.class)
          .hasMessageContaining("Port " + port)
          .hasMessageContaining("taken");
    }
    EmbeddedKafka.builder().dataDir(dir).start().close();
  }

  /** Kafka's own way would end the process that it is embedded in. */
  @Test
  void damagedDataFailTheStartAlone() throws Exception {
    EmbeddedKafka.builder().dataDir(dir).start().close();
    Path state;
    try (var files = Files.walk(dir)) {
      state = files.filter(file -> file.endsWith("quorum-state")).findFirst().orElseThrow();
    }
    String before = Files.readString(state);
    Files.writeString(state, "damaged");
    assertThatThrownBy(() -> EmbeddedKafka.builder().dataDir(dir).start())
        .isInstanceOf(EmbeddedKafkaException.class)
        .hasMessageContaining(dir.toString())
        .hasStackTraceContaining("quorum-state");
    Files.writeString(state, before);
    EmbeddedKafka.builder().dataDir(dir).start().close();
  }

  @Test
  void aDirectoryIsHeldByOneProcess() throws Exception {
    try (KafkaProcess holder = KafkaProcess.start(dir, 0)) {
      assertThatThrownBy(() -> EmbeddedKafka.builder().dataDir(dir).start())
          .isInstanceOf(EmbeddedKafkaException.class)
          .hasMessageContaining(dir.toRealPath().toString())
          .hasMessageContaining("process " + holder.pid());
    }
  }

  @Test
  void aDirectoryIsHeldByOneObjectOfAProcess() {
    try (EmbeddedKafka first = EmbeddedKafka.builder().dataDir(dir).start()) {
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> EmbeddedKafka.builder().dataDir(dir).start())
            .isInstanceOf(EmbeddedKafkaException.class)
            .hasMessageContaining("this process");
      }
      assertThat(first.dataDir()).exists();
    }
  }

  @Test
  void acknowledgedTransactionsSurviveAKill() throws Exception {
    int port;
    try (KafkaProcess process = KafkaProcess.start(dir, 0)) {
      port = process.port();
      KafkaTesting.sendInTransaction(process.bootstrapServers(), "letters", "tx", 100);
      KafkaTesting.leaveTransactionOpen(process.bootstrapServers(), "letters", "open");
      process.kill();
    }
    try (KafkaProcess process = KafkaProcess.start(dir, port)) {
      assertThat(process.port()).isEqualTo(port);
      assertThat(KafkaTesting.read(process.bootstrapServers(), "letters", 100)).hasSize(100);
      // the transaction left open is aborted after its own timeout, and readers go on behind it
      KafkaTesting.sendInTransaction(process.bootstrapServers(), "letters", "tx", 1);
      assertThat(KafkaTesting.read(process.bootstrapServers(), "letters", 101)).hasSize(101);
      process.kill();
    }
    try (EmbeddedKafka kafka = EmbeddedKafka.builder().dataDir(dir).start()) {
      assertThat(KafkaTesting.read(kafka.bootstrapServers(), "letters", 101)).hasSize(101);
    }
  }

  @Test
  void aFileInPlaceOfTheDirectoryIsAnError() throws Exception {
    Path file = Files.writeString(dir.resolve("file"), "x");
    assertThatThrownBy(() -> EmbeddedKafka.builder().dataDir(file).start())
        .isInstanceOf(EmbeddedKafkaException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void aLostIdentityFileIsRebuiltFromTheData() throws Exception {
    String clusterId;
    try (EmbeddedKafka kafka = EmbeddedKafka.builder().dataDir(dir).start()) {
      clusterId = kafka.clusterId();
    }
    Files.delete(dir.resolve("embedded.properties"));
    try (EmbeddedKafka kafka = EmbeddedKafka.builder().dataDir(dir).start()) {
      assertThat(kafka.clusterId()).isEqualTo(clusterId);
    }
  }

  /** Kills Kafka while transactions end; what was committed stays visible, no reader is blocked. */
  @Test
  void noTransactionIsLostOrLeftOpenByKills() throws Exception {
    KafkaProcess process = KafkaProcess.start(dir, 0);
    int port = process.port();
    try (KafkaTesting.Committer committer =
        new KafkaTesting.Committer(process.bootstrapServers())) {
      for (int round = 0; round < 4; round++) {
        committer.awaitCommitted(committer.committed().size() + 20);
        process.kill();
        process = KafkaProcess.start(dir, port);
      }
      committer.awaitCommitted(committer.committed().size() + 1);
      committer.close();
      var committed = committer.committed();
      assertThat(KafkaTesting.readAll(process.bootstrapServers(), "killed", committed))
          .containsAll(committed);
      KafkaTesting.sendInTransaction(process.bootstrapServers(), "killed", "last", 1);
      assertThat(KafkaTesting.readUntil(process.bootstrapServers(), "killed", "k0=v0"))
          .as("a reader of committed records gets to the end")
          .isTrue();
    } finally {
      process.close();
    }
  }
}

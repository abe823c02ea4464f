package dev.millrace.bench;

import dev.millrace.kafka.EmbeddedKafkaMain;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** One Kafka as a process of its own. It ends with its input, so also with this program. */
final class Broker implements AutoCloseable {

  private final Process process;
  private final String bootstrapServers;

  private Broker(Process process, String bootstrapServers) {
    this.process = process;
    this.bootstrapServers = bootstrapServers;
  }

  static Broker start(Path folder) throws IOException {
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx1g",
                    "-XX:+UseSerialGC",
                    "-cp",
                    System.getProperty("java.class.path"),
                    EmbeddedKafkaMain.class.getName(),
                    folder.resolve("kafka").toString()))
            .redirectError(folder.resolve("kafka.log").toFile())
            .start();
    String line = process.inputReader().readLine();
    if (line == null || !line.startsWith("ready ")) {
      throw new IOException("Kafka did not start; see " + folder.resolve("kafka.log"));
    }
    return new Broker(process, line.substring("ready ".length()));
  }

  String bootstrapServers() {
    return bootstrapServers;
  }

  int port() {
    return Integer.parseInt(bootstrapServers.substring(bootstrapServers.lastIndexOf(':') + 1));
  }

  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
  }
}

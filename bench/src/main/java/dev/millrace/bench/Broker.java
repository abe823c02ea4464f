package dev.millrace.bench;

import dev.millrace.kafka.EmbeddedKafkaMain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One Kafka as a process of its own. It ends with its input; also with this program. */
final class Broker implements AutoCloseable {

  private static final Duration CLOSE = Duration.ofSeconds(30);

  private final Process process;
  private final Guard guard;
  private final String bootstrapServers;

  private Broker(Process process, Guard guard, String bootstrapServers) {
    this.process = process;
    this.guard = guard;
    this.bootstrapServers = bootstrapServers;
  }

  static Broker start(Path folder) throws IOException {
    Path log = folder.resolve("kafka.log");
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
            .redirectError(log.toFile())
            .start();
    Guard guard = Guard.killing(process);
    String line = process.inputReader().readLine();
    if (line == null || !line.startsWith("ready ")) {
      throw new IOException("Kafka did not start: " + Files.readString(log));
    }
    return new Broker(process, guard, line.substring("ready ".length()));
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
    try {
      process.waitFor(CLOSE.toMillis(), TimeUnit.MILLISECONDS);
      process.destroyForcibly().waitFor();
      guard.dismiss();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

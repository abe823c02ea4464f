package dev.millrace.cli;

import dev.millrace.kafka.EmbeddedKafkaMain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A Kafka in a process of its own, so that its classes are not those of whoever uses it. Used by
 * one thread.
 */
final class RehearsalKafka implements AutoCloseable {
  private static final String READY = "ready ";
  private static final int STOP_SECONDS = 30;

  private final Process process;
  private final String bootstrapServers;

  private RehearsalKafka(Process process, String bootstrapServers) {
    this.process = process;
    this.bootstrapServers = bootstrapServers;
  }

  /**
   * Starts it with this process's Java and class path; returns when it takes requests.
   *
   * @param folder its data is in {@code kafka} there
   */
  static RehearsalKafka start(Path folder) throws IOException {
    Path output = folder.resolve("kafka.log");
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx512m",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    EmbeddedKafkaMain.class.getName(),
                    folder.resolve("kafka").toString()))
            .redirectError(output.toFile())
            .start();
    String line = process.inputReader().readLine();
    if (line == null || !line.startsWith(READY)) {
      process.destroyForcibly();
      throw new IOException("Kafka did not start:\n" + Files.readString(output));
    }
    return new RehearsalKafka(process, line.substring(READY.length()));
  }

  String bootstrapServers() {
    return bootstrapServers;
  }

  /** Its input ends, and so does it. */
  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}

package dev.millrace.e2e;

import dev.millrace.kafka.EmbeddedKafkaMain;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A Kafka broker as a process of its own, which can be stopped and started on the same port. */
public final class KafkaProcess implements AutoCloseable {

  private final Path dataDir;

  /** Keeps the port while the broker is down: bound, without listening, it is in nobody's way. */
  private final Socket held = new Socket();

  private Process process;
  private String bootstrapServers = "";

  /** Starts a broker on a free port. */
  public KafkaProcess(Path dataDir) {
    this.dataDir = dataDir;
    start();
  }

  /** Starts it again, on the same port. */
  public void start() {
    try {
      var command =
          new java.util.ArrayList<>(
              List.of(
                  Path.of(System.getProperty("java.home"), "bin/java").toString(),
                  "-Xmx512m",
                  "-XX:+UseSerialGC",
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  EmbeddedKafkaMain.class.getName(),
                  dataDir.toString()));
      if (!bootstrapServers.isEmpty()) command.add(Integer.toString(port()));
      process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      bootstrapServers = readyLine();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @SuppressWarnings("resource") // closing the reader would end the process
  private String readyLine() throws IOException {
    var lines =
        new BufferedReader(
            new java.io.InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (var line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith("ready ")) return line.substring("ready ".length()).strip();
    }
    throw new IOException("the broker ended before it was ready");
  }

  public String bootstrapServers() {
    return bootstrapServers;
  }

  private int port() {
    return Integer.parseInt(bootstrapServers.substring(bootstrapServers.indexOf(':') + 1));
  }

  private void holdPort() {
    if (held.isBound()) return; // it stays so beside the broker
    try {
      held.setReuseAddress(true);
      held.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Asks it to end, and waits until it has. */
  public void stop() {
    process.destroy();
    try {
      if (!process.waitFor(2, TimeUnit.MINUTES)) process.destroyForcibly().waitFor();
      holdPort();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** kill -9; returns when it is gone. */
  public void kill() {
    process.destroyForcibly();
    try {
      process.waitFor();
      holdPort();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    kill();
    try {
      held.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

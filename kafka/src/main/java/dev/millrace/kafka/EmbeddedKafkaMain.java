package dev.millrace.kafka;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.kafka.common.utils.Exit;

/**
 * An embedded Kafka as a process of its own. Arguments: data directory, port (0 or absent: the last
 * one or any free one). Prints {@code ready host:port} and runs until standard input ends or the
 * process is asked to terminate. Exit code 2 when it cannot start.
 */
public final class EmbeddedKafkaMain {

  private EmbeddedKafkaMain() {}

  /** See the class. */
  public static void main(String[] args) throws IOException {
    if (args.length < 1 || args.length > 2) {
      System.err.println("usage: EmbeddedKafkaMain <data directory> [port]");
      Exit.exit(2);
      return;
    }
    try {
      run(Path.of(args[0]), args.length == 2 ? Integer.parseInt(args[1]) : 0);
    } catch (EmbeddedKafkaException | NumberFormatException e) {
      System.err.println(e.getMessage());
      Exit.exit(2);
    }
  }

  private static void run(Path dir, int port) throws IOException {
    try (EmbeddedKafka kafka = EmbeddedKafka.builder().dataDir(dir).port(port).start()) {
      Runtime.getRuntime().addShutdownHook(new Thread(kafka::close, "embedded-kafka-hook"));
      System.out.println("ready " + kafka.bootstrapServers());
      System.out.flush();
      while (System.in.read() >= 0) {
        // only the end of the input matters
      }
    }
  }
}

package dev.millrace.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace tail}: a topic's records as they come. */
@Command(
    name = "tail",
    mixinStandardHelpOptions = true,
    description =
        "Shows the records of a topic readably, as they are committed, until it is stopped.")
final class TailCommand implements Callable<Integer> {
  private static final Duration POLL = Duration.ofMillis(250);
  private static final Duration LOOKUP = Duration.ofSeconds(10);

  private final Outside outside;

  @Option(names = "--from-beginning", description = "All there are, not only new ones.")
  private boolean fromBeginning;

  @Option(names = "--max", paramLabel = "N", description = "Stops after so many records.")
  private long max = Long.MAX_VALUE;

  @Option(
      names = "--bootstrap-servers",
      paramLabel = "HOST:PORT",
      description = "The Kafka. Default: the one of the Millrace of the data directory.")
  private String bootstrapServers = "";

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "Its data directory. Default: ~/.millrace, then the demo's")
  private Path dataDir;

  @Parameters(index = "0", paramLabel = "TOPIC", description = "The topic.")
  private String topic = "";

  TailCommand(Outside outside) {
    this.outside = outside;
  }

  @Override
  public Integer call() {
    String kafka = bootstrapServers.isEmpty() ? found() : bootstrapServers;
    try (var text = new RecordText();
        var consumer = consumer(kafka)) {
      consumer.assign(partitions(consumer, kafka));
      if (fromBeginning) {
        consumer.seekToBeginning(List.of());
      } else {
        consumer.seekToEnd(List.of());
      }
      show(consumer, text);
      return 0;
    } catch (KafkaException e) {
      throw new CommandFailure("Kafka at %s: %s".formatted(kafka, e.getMessage()), e);
    }
  }

  /** Until there are enough, the user stops it, or nobody reads the output any more. */
  void show(Consumer<byte[], byte[]> consumer, RecordText text) {
    long shown = 0;
    boolean read = true;
    while (read && shown < max && !outside.stop().isAsked()) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        if (shown++ < max) {
          outside.out().println(text.line(record));
        }
      }
      read = !outside.out().checkError(); // which flushes
    }
  }

  private List<TopicPartition> partitions(Consumer<?, ?> consumer, String kafka) {
    Map<String, List<PartitionInfo>> topics;
    try {
      topics = consumer.listTopics(LOOKUP);
    } catch (org.apache.kafka.common.errors.TimeoutException e) {
      throw new CommandFailure("No Kafka answers at " + kafka + ".", e);
    }
    if (!topics.containsKey(topic)) {
      List<String> known =
          topics.keySet().stream().filter(name -> !name.startsWith("__")).sorted().toList();
      throw new CommandFailure(
          "Kafka at %s has no topic \"%s\". It has: %s"
              .formatted(kafka, topic, known.isEmpty() ? "none" : String.join(", ", known)));
    }
    return topics.get(topic).stream().map(p -> new TopicPartition(topic, p.partition())).toList();
  }

  private String found() {
    List<Path> dirs =
        dataDir == null
            ? List.of(outside.defaultDataDir(), outside.demoDataDir())
            : List.of(dataDir);
    return Addresses.find(dirs, Addresses.KAFKA)
        .orElseThrow(
            () ->
                new CommandFailure(
                    "No Millrace runs in %s. Say which Kafka is meant with --bootstrap-servers."
                        .formatted(dirs)));
  }

  private static KafkaConsumer<byte[], byte[]> consumer(String kafka) {
    return new KafkaConsumer<>(
        Map.of(
            "bootstrap.servers", kafka,
            "isolation.level", "read_committed",
            "enable.auto.commit", "false",
            "allow.auto.create.topics", "false"),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }
}

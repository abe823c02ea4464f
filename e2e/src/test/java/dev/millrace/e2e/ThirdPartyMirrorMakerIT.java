package dev.millrace.e2e;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** MirrorMaker 2 between two clusters, unmodified: docs/connectors/mirrormaker.md. */
@Tag("third-party")
class ThirdPartyMirrorMakerIT {
  @TempDir Path folder;

  @Test
  void topicsAndGroupsAreMirrored() throws Exception {
    String plugins =
        ThirdParty.installed(Path.of("mirror"), "org.apache.kafka:connect-mirror:4.3.1");
    var connectors = ThirdParty.documented("mirrormaker.md");
    try (var a = new KafkaProcess(folder.resolve("a"));
        var b = new KafkaProcess(folder.resolve("b"))) {
      produce(a.bootstrapServers(), 0, 500);
      commit(
          a.bootstrapServers(), 250); // the checkpoint connector has a task once there is a group
      var environment = Map.of("CLUSTER_A", a.bootstrapServers());
      try (var worker =
          ThirdParty.worker(
              folder.resolve("data"),
              plugins,
              environment,
              "--bootstrap-servers",
              b.bootstrapServers())) {
        ThirdParty.create(worker, connectors, "mirror", "checkpoints", "heartbeats");
        await("500 records", b, "a.orders", worker, v -> v.equals(values(0, 500)));
        produce(a.bootstrapServers(), 500, 600);
        await("600 records", b, "a.orders", worker, v -> v.equals(values(0, 600)));
        await("heartbeats", b, "heartbeats", worker, v -> v.size() >= 3);
        commit(a.bootstrapServers(), 550);
        await("a checkpoint", b, "a.checkpoints.internal", worker, v -> !v.isEmpty());
      }
    }
  }

  private static List<String> values(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "order " + i).toList();
  }

  private static void await(
      String what,
      KafkaProcess cluster,
      String topic,
      MillraceProcess worker,
      java.util.function.Predicate<List<String>> condition) {
    Await.until(
        what,
        Await.LONG,
        () -> condition.test(ThirdParty.values(cluster.bootstrapServers(), topic)),
        worker::tail);
  }

  private static void produce(String bootstrap, int from, int to) throws Exception {
    Map<String, Object> oneAtATime = // or a new topic may take the second batch before the first
        Map.of("bootstrap.servers", bootstrap, "max.in.flight.requests.per.connection", "1");
    List<Future<?>> sent = new ArrayList<>();
    try (var producer =
        new KafkaProducer<>(oneAtATime, new StringSerializer(), new StringSerializer())) {
      for (String value : values(from, to)) {
        sent.add(producer.send(new ProducerRecord<>("orders", 0, value, value)));
      }
      for (Future<?> one : sent) one.get(3, TimeUnit.MINUTES);
    }
  }

  private static void commit(String bootstrap, long offset) {
    Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap, "group.id", "readers");
    try (var consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      var partition = new TopicPartition("orders", 0);
      consumer.assign(List.of(partition));
      consumer.commitSync(Map.of(partition, new OffsetAndMetadata(offset)));
    }
  }
}

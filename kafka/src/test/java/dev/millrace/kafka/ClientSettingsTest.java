package dev.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ClientSettingsTest {

  private static final Map<String, String> WORKER =
      Map.of(
          "bootstrap.servers", "b:1",
          "group.id", "g",
          "security.protocol", "SSL",
          "producer.linger.ms", "7",
          "producer.acks", "1",
          "consumer.max.poll.records", "9",
          "admin.retries", "3",
          "config.providers", "file");

  private final ClientSettings settings = new ClientSettings(WORKER, "cluster");

  @DisplayName("§4.25 defaults of a source task's producer")
  @Test
  void sourceProducerDefaults() {
    assertThat(
            new ClientSettings(Map.of("bootstrap.servers", "b:1"), "")
                .sourceProducer("c", 2, Map.of()))
        .isEqualTo(
            Map.ofEntries(
                Map.entry("bootstrap.servers", "b:1"),
                Map.entry("client.id", "connector-producer-c-2"),
                Map.entry("key.serializer", ByteArraySerializer.class.getName()),
                Map.entry("value.serializer", ByteArraySerializer.class.getName()),
                Map.entry("max.block.ms", "9223372036854775807"),
                Map.entry("enable.idempotence", "false"),
                Map.entry("acks", "all"),
                Map.entry("max.in.flight.requests.per.connection", "1"),
                Map.entry("delivery.timeout.ms", "2147483647"),
                Map.entry("batch.size", "131072"),
                Map.entry("linger.ms", "0")));
  }

  @Test
  void laterLayersWin() {
    Map<String, Object> producer =
        settings.sourceProducer(
            "c", 0, Map.of("producer.override.linger.ms", "8", "linger.ms", "5"));
    assertThat(producer)
        .containsEntry("linger.ms", "8")
        .containsEntry("batch.size", "131072")
        .containsEntry("acks", "1")
        .containsEntry("metrics.context.connect.kafka.cluster.id", "cluster")
        .containsEntry("metrics.context.connect.group.id", "g")
        .doesNotContainKeys("security.protocol", "group.id");
  }

  /** See decision 0200: it takes two settings that are both not the default. */
  @Test
  void onlyWhoAsksForItMayLoseAFirstBatch() {
    var idempotent = "producer.override.enable.idempotence";
    var several = "producer.override.max.in.flight.requests.per.connection";
    for (var safe : List.of(Map.of(idempotent, "true"), Map.of(several, "5"))) {
      assertThat(ClientSettings.mayLoseFirstBatch(settings.sourceProducer("c", 0, safe))).isFalse();
      assertThat(ClientSettings.mayLoseFirstBatch(settings.deadLetterProducer("c", 0, safe)))
          .isFalse();
    }
    var both = Map.of(idempotent, "true", several, "5");
    assertThat(ClientSettings.mayLoseFirstBatch(settings.sourceProducer("c", 0, both))).isTrue();
    for (var own : List.of(settings.offsetStoreProducer(), settings.statusProducer())) {
      assertThat(ClientSettings.mayLoseFirstBatch(own)).isFalse();
    }
  }

  @Test
  void bytesOnTheirWayFollowTheProducersSettings() {
    Function<Map<String, String>, Long> bytes =
        config -> ClientSettings.batchBytes(settings.sourceProducer("c", 0, config));
    var size = "producer.override.batch.size";
    var requests = "producer.override.max.in.flight.requests.per.connection";
    assertThat(bytes.apply(Map.of())).isEqualTo(131_072);
    assertThat(bytes.apply(Map.of(size, "1000000", requests, "3"))).isEqualTo(3_000_000);
    assertThat(bytes.apply(Map.of(size, "0"))).as("each record by itself").isEqualTo(131_072);
    assertThat(bytes.apply(Map.of("producer.override.compression.type", "zstd")))
        .as("as much as compresses well")
        .isEqualTo(Long.MAX_VALUE);
    assertThat(bytes.apply(Map.of(size, "many"))).isEqualTo(Long.MAX_VALUE);
  }

  @DisplayName("§13.1 the transactional id")
  @Test
  void exactlyOnceProducerIsTransactional() {
    assertThat(
            settings.exactlyOnceProducer(
                "c",
                1,
                Map.of(
                    "producer.override.transactional.id", "mine",
                    "producer.override.enable.idempotence", "false")))
        .containsEntry("transactional.id", "g-c-1")
        .containsEntry("enable.idempotence", "true");
  }

  @DisplayName("§13.1 consumer group and client id of a sink")
  @Test
  void sinkConsumerDefaultsAndGroupOverride() {
    assertThat(settings.sinkConsumer("c", 0, Map.of()))
        .containsEntry("group.id", "connect-c")
        .containsEntry("client.id", "connector-consumer-c-0")
        .containsEntry("enable.auto.commit", "false")
        .containsEntry("auto.offset.reset", "earliest")
        .containsEntry("max.poll.records", "9");
    assertThat(settings.sinkConsumer("c", 0, Map.of("consumer.override.group.id", "x")))
        .containsEntry("group.id", "x");
  }

  @DisplayName("§6.31 how a sink fetches, unless somebody sets it")
  @Test
  void sinkConsumerFetches() {
    assertThat(settings.sinkConsumer("c", 0, Map.of()))
        .containsEntry("receive.buffer.bytes", "-1")
        .containsEntry("max.partition.fetch.bytes", "2097152")
        .doesNotContainKeys("check.crcs", "fetch.min.bytes", "fetch.max.bytes");
    assertThat(
            new ClientSettings(Map.of("consumer.receive.buffer.bytes", "65536"), "")
                .sinkConsumer(
                    "c", 0, Map.of("consumer.override.max.partition.fetch.bytes", "1048576")))
        .containsEntry("receive.buffer.bytes", "65536")
        .containsEntry("max.partition.fetch.bytes", "1048576");
  }

  @Test
  void adminInheritsTheWorkersOwnSettings() {
    assertThat(settings.sourceAdmin("c", 0, Map.of("admin.override.retries", "4")))
        .containsEntry("client.id", "connector-adminclient-c-0")
        .containsEntry("security.protocol", "SSL")
        .containsEntry("retries", "4")
        .doesNotContainKeys("producer.linger.ms", "config.providers", "admin.retries");
  }

  @Test
  void offsetClientsOfTheWorker() {
    assertThat(settings.offsetStoreProducer())
        .containsEntry("client.id", "g-offsets")
        .containsEntry("security.protocol", "SSL")
        .containsEntry("acks", "all")
        .containsEntry("enable.idempotence", "false");
    assertThat(settings.offsetStoreConsumer(true))
        .containsEntry("isolation.level", "read_committed")
        .containsEntry("enable.auto.commit", "false")
        .doesNotContainKey("group.id");
    assertThat(settings.offsetStoreConsumer(false)).doesNotContainKey("isolation.level");
    assertThat(settings.sourceOffsetConsumer("c", Map.of(), false))
        .containsEntry("isolation.level", "read_committed");
    assertThat(settings.sharedAdmin()).containsEntry("client.id", "g-shared-admin");
  }
}

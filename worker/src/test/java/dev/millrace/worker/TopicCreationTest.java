package dev.millrace.worker;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.connect.errors.RetriableException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Topics of sources are made when there is a first record for them; here without a Kafka. */
class TopicCreationTest {

  private static void ensure(String key, String value) {
    var group =
        Map.of(
            "topic.creation.default.partitions", "1",
            "topic.creation.default.replication.factor", "1");
    var admin = Map.<String, Object>of("bootstrap.servers", "nowhere.invalid:9092", key, value);
    TopicCreation.of(group, admin).ensure("t");
  }

  @Test
  @DisplayName("§4.8 brokers whose names are not known for the moment are waited for")
  void aNameServerThatFailsIsWaitedFor() {
    assertThatThrownBy(() -> ensure("client.id", "c"))
        .isInstanceOf(RetriableException.class)
        .hasRootCauseMessage("No resolvable bootstrap urls given in bootstrap.servers");
  }

  @Test
  @DisplayName("§4.8 a client that cannot be made for its settings fails the task")
  void wrongSettingsAreNotWaitedFor() {
    assertThatThrownBy(() -> ensure("security.protocol", "PLAINTEXTT"))
        .isInstanceOf(KafkaException.class)
        .isNotInstanceOf(RetriableException.class);
  }
}

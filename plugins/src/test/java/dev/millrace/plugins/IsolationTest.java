package dev.millrace.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IsolationTest {

  @ParameterizedTest
  @DisplayName("§11.7 which classes are shared, and which are each plugin's own")
  @CsvSource({
    "java.lang.String, false",
    "javax.sql.DataSource, false",
    "javax.cache.Cache, true",
    "org.slf4j.spi.MDCAdapter, false",
    "org.apache.kafkaesque.A, true",
    "org.apache.kafka.clients.producer.Producer, false",
    "org.apache.kafka.connect.transforms.Transformation, false",
    "org.apache.kafka.connect.transforms.predicates.Predicate, false",
    "org.apache.kafka.connect.transforms.InsertField$Value, true",
    "org.apache.kafka.connect.json.JsonConverter, true",
    "org.apache.kafka.connect.storage.StringConverter, true",
    "org.apache.kafka.connect.storage.StringConverterConfig, false",
    "org.apache.kafka.connect.storage.SimpleHeaderConverter, true",
    "org.apache.kafka.connect.connector.policy.ConnectorClientConfigRequest$ClientType, false",
    "org.apache.kafka.connect.connector.policy.AllConnectorClientConfigOverridePolicy, true",
    "org.apache.kafka.common.config.provider.ConfigProvider, false",
    "org.apache.kafka.common.config.provider.FileConfigProvider, true",
    "jakarta.ws.rs.Path, true",
    "com.example.A, true",
  })
  void sharedOrOwn(String className, boolean childFirst) {
    assertThat(Isolation.childFirst(className)).isEqualTo(childFirst);
  }
}

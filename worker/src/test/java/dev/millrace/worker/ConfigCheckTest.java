package dev.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.millrace.worker.validation.Validation;
import dev.millrace.worker.validation.ValidationException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigCheckTest {

  @TempDir Path dir;
  private ConfigCheck check;

  @BeforeEach
  void open() {
    var settings =
        WorkerSettings.of(
            Map.of("bootstrap.servers", "127.0.0.1:1", "millrace.data.dir", dir.toString()));
    check = ConfigCheck.of(settings, Map.of());
  }

  @AfterEach
  void close() {
    check.close();
  }

  private static Map<String, String> config(String key, String value) {
    var config = new HashMap<String, String>();
    config.put("name", "src");
    config.put("connector.class", "NumberSource");
    config.put("topic", "t");
    config.put(key, value);
    return config;
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.0", "[1.0,2.0)", " 1.0 ", "latest"})
  void aVersionThatIsThereIsRight(String version) {
    assertThat(check.validate(config("connector.plugin.version", version)).problems()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"9", "[2,)", " ", ""})
  void aVersionThatIsNotThereIsAProblemOfClassAndVersion(String version) {
    var config = config("connector.plugin.version", version);
    config.put("limit", "many");
    var result = check.validate(config);
    assertThat(result.problems())
        .extracting(Validation.Problem::key)
        .containsExactly("connector.class", "connector.plugin.version");
    assertThat(result.problems()).extracting(Validation.Problem::message).doesNotContainNull();
    assertThat(result.problems().get(0).message()).isEqualTo(result.problems().get(1).message());
    assertThat(result.knownKeys()).contains("limit", "tasks.max");
  }

  @Test
  void aMalformedVersionMakesTheRequestWrong() {
    assertThatThrownBy(() -> check.validate(config("connector.plugin.version", "[1.0")))
        .isInstanceOf(ValidationException.class)
        .hasMessage("Unbounded range: [1.0");
  }

  @Test
  void aSinkMayNotShareTheWorkersGroup() {
    var sink =
        new HashMap<>(
            Map.of("name", "x", "connector.class", "ListSink", "topics", "t", "list", "l"));
    var settings =
        WorkerSettings.of(
            Map.of(
                "bootstrap.servers", "127.0.0.1:1",
                "group.id", "connect-x",
                "millrace.data.dir", dir.toString()));
    try (var other = ConfigCheck.of(settings, Map.of())) {
      assertThat(other.validate(sink).problems())
          .containsExactly(
              new Validation.Problem(
                  "name",
                  "Consumer group for sink connector named x conflicts with Connect worker group"
                      + " connect-x"));
      sink.put("consumer.override.group.id", "y");
      assertThat(other.validate(sink).problems()).isEmpty();
    }
  }

  @Test
  void aMissingVersionIsToldWithThoseThereAre() {
    assertThat(check.validate(config("connector.plugin.version", "[9,9]")).problems())
        .extracting(Validation.Problem::message)
        .containsOnly(
            "Plugin "
                + NumberSource.class.getName()
                + " not found that matches the version range [9,9], available versions: [1.0]");
  }

  @Test
  void aNullValueIsAProblemOfItsKey() {
    assertThat(check.validate(config("k", null)).problems())
        .extracting(Validation.Problem::key, Validation.Problem::message)
        .containsExactly(tuple("k", "Null value can not be supplied as the configuration value."));
  }

  @Test
  void anUnknownClassIsToldWithThoseThereAre() {
    assertThatThrownBy(() -> check.validate(config("connector.class", "Nope")))
        .isInstanceOf(ValidationException.class)
        .hasMessageMatching(
            "Failed to find any class that implements Connector and which name matches Nope,"
                + " available connectors are: [\\w.$]+(, [\\w.$]+)*")
        .hasMessageContaining(ListSink.class.getName() + ", " + NumberSource.class.getName());
  }
}

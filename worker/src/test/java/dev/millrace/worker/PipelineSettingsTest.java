package dev.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.worker.validation.PipelineKeys;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The settings {@code pipeline.*} of a connector. */
class PipelineSettingsTest {

  @Test
  void defaults() {
    assertThat(ConnectorSettings.lanes(Map.of())).isEqualTo(1);
    assertThat(ConnectorSettings.overlaps(Map.of())).isTrue();
  }

  @Test
  void values() {
    assertThat(ConnectorSettings.lanes(Map.of("pipeline.lanes", " 4 "))).isEqualTo(4);
    assertThat(ConnectorSettings.overlaps(Map.of("pipeline.overlap", "false"))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "65", "many", ""})
  void wrongNumbersOfLanesAreSaid(String value) {
    Map<String, String> config = Map.of("pipeline.lanes", value);
    assertThatThrownBy(() -> ConnectorSettings.lanes(config))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("pipeline.lanes");
    List<ConfigValue> checked = PipelineKeys.define(new ConfigDef()).validate(config);
    assertThat(checked)
        .filteredOn(each -> each.name().equals("pipeline.lanes"))
        .singleElement()
        .satisfies(each -> assertThat(each.errorMessages()).isNotEmpty());
  }
}

package dev.millrace.worker.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.metrics.Gauge;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.metrics.stats.CumulativeSum;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("§15.12 what a plugin registers is its own, and goes with it")
@SuppressWarnings("NonApiType") // the interface asks for a LinkedHashMap
class PluginMeterTest {

  private final Metrics registry = new Metrics();
  private final PluginMeter meter = new PluginMeter(registry, Map.of("connector", "c"));

  @AfterEach
  void close() {
    registry.close();
  }

  private static LinkedHashMap<String, String> tags(String... pairs) {
    var tags = new LinkedHashMap<String, String>();
    for (int i = 0; i < pairs.length; i += 2) {
      tags.put(pairs[i], pairs[i + 1]);
    }
    return tags;
  }

  @Test
  void tagsOfTheWorkerMayNotBeUsed() {
    assertThatThrownBy(() -> meter.metricName("m", "", tags("connector", "other")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'connector'");
    var name = meter.metricName("m", "text", tags("db", "users"));
    assertThat(name.group()).isEqualTo("plugins");
    assertThat(name.tags()).isEqualTo(Map.of("connector", "c", "db", "users"));
  }

  @Test
  void nothingIsAddedTwiceOrRemovedWhenItIsNotThere() {
    var name = meter.metricName("m", "", tags());
    Gauge<Integer> gauge = (config, now) -> 1;
    meter.addMetric(name, gauge);
    assertThatThrownBy(() -> meter.addMetric(name, gauge))
        .isInstanceOf(IllegalArgumentException.class);
    meter.removeMetric(name);
    assertThatThrownBy(() -> meter.removeMetric(name)).isInstanceOf(IllegalArgumentException.class);
    meter.addMetric(name, gauge);
    meter.addSensor("s");
    assertThatThrownBy(() -> meter.addSensor("s")).isInstanceOf(IllegalArgumentException.class);
    meter.removeSensor("s");
    assertThatThrownBy(() -> meter.removeSensor("s")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void closingRemovesEverythingAndTakesNothingMore() {
    int before = registry.metrics().size();
    var name = meter.metricName("m", "", tags());
    meter.addMetric(name, (Gauge<Integer>) (config, now) -> 1);
    meter.addSensor("s").add(meter.metricName("sum", "", tags()), new CumulativeSum());
    assertThat(registry.metrics()).hasSize(before + 2);
    meter.close();
    assertThat(registry.metrics()).hasSize(before);
    assertThatThrownBy(() -> meter.addSensor("s")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> meter.metricName("m", "", tags()))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> meter.removeMetric(name)).isInstanceOf(IllegalStateException.class);
  }
}

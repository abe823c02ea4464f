package dev.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.metrics.MetricsContext;
import org.apache.kafka.common.metrics.MetricsReporter;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts of workers that come to nothing. */
class WorkerStartTest {

  @TempDir Path dataDir;

  /** Counts those that are open, of workers; Kafka's clients have some, too. */
  public static final class Counted implements MetricsReporter {
    private static final AtomicInteger OPEN = new AtomicInteger();
    private boolean counted;

    @Override
    public void contextChange(MetricsContext context) {
      counted = "kafka.connect".equals(context.contextLabels().get(MetricsContext.NAMESPACE));
      if (counted) OPEN.incrementAndGet();
    }

    @Override
    public void init(List<KafkaMetric> metrics) {}

    @Override
    public void metricChange(KafkaMetric metric) {}

    @Override
    public void metricRemoval(KafkaMetric metric) {}

    @Override
    public void close() {
      if (counted) OPEN.decrementAndGet();
    }

    @Override
    public void configure(Map<String, ?> configs) {}
  }

  @Test
  @DisplayName("an error of a plugin at the start leaves nothing of the worker behind")
  void anErrorAtTheStartClosesTheWorker() {
    var settings =
        WorkerSettings.of(
            Map.of(
                "bootstrap.servers", "127.0.0.1:1",
                "millrace.data.dir", dataDir.toString(),
                "metric.reporters", Counted.class.getName()));
    var broken = new NoClassDefFoundError("of a REST extension");
    var builder =
        Worker.builder()
            .settings(settings)
            .rest(
                (given, worker) -> {
                  assertThat(Counted.OPEN).hasValue(1);
                  throw broken;
                });
    assertThatThrownBy(builder::start).isSameAs(broken);
    assertThat(Counted.OPEN).hasValue(0);
  }
}

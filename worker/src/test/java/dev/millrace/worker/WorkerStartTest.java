package dev.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.metrics.MetricsReporter;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts of workers that come to nothing. */
class WorkerStartTest {

  @TempDir Path dataDir;

  /** Counts those that are open. */
  public static final class Counted implements MetricsReporter {
    private static final AtomicInteger OPEN = new AtomicInteger();

    @Override
    public void init(List<KafkaMetric> metrics) {
      OPEN.incrementAndGet();
    }

    @Override
    public void metricChange(KafkaMetric metric) {}

    @Override
    public void metricRemoval(KafkaMetric metric) {}

    @Override
    public void close() {
      OPEN.decrementAndGet();
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
                  assertThat(Counted.OPEN).hasPositiveValue();
                  throw broken;
                });
    assertThatThrownBy(builder::start).isSameAs(broken);
    long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    while (Counted.OPEN.get() > 0) { // Kafka's clients, which have some too, close on threads
      assertThat(System.nanoTime()).as("time left for the reporters").isLessThan(end);
      LockSupport.parkNanos(1_000_000);
    }
  }
}

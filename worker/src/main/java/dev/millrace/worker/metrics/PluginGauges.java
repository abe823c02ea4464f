package dev.millrace.worker.metrics;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the metrics that plugins registered. Their code may hang: each connector's are read on a
 * thread of their own, all of them are waited for one second, and a connector whose reading has not
 * ended is left out until it has. Thread-safe.
 */
final class PluginGauges {
  private static final Logger LOG = LoggerFactory.getLogger(PluginGauges.class);
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final Map<String, CompletableFuture<Map<KafkaMetric, Object>>> underWay =
      new ConcurrentHashMap<>();

  /** The values that could be read. */
  Map<KafkaMetric, Object> read(List<KafkaMetric> metrics) {
    var byConnector = new HashMap<String, List<KafkaMetric>>();
    for (KafkaMetric metric : metrics) {
      String connector = metric.metricName().tags().getOrDefault("connector", "");
      byConnector.computeIfAbsent(connector, c -> new ArrayList<>()).add(metric);
    }
    var begun = new ArrayList<CompletableFuture<Map<KafkaMetric, Object>>>();
    byConnector.forEach((connector, own) -> begun.add(begin(connector, own)));
    await(begun);
    var values = new HashMap<KafkaMetric, Object>();
    for (var reading : begun) {
      if (reading.isDone() && !reading.isCompletedExceptionally()) values.putAll(reading.join());
    }
    return values;
  }

  /** A reading of the same connector that is under way answers this one too. */
  private CompletableFuture<Map<KafkaMetric, Object>> begin(
      String connector, List<KafkaMetric> metrics) {
    return underWay.computeIfAbsent(
        connector,
        c -> {
          var answer = new CompletableFuture<Map<KafkaMetric, Object>>();
          Thread.ofPlatform()
              .daemon()
              .name("plugin-metrics-" + connector)
              .start(
                  () -> {
                    try {
                      answer.complete(values(metrics));
                    } finally {
                      underWay.remove(connector);
                    }
                  });
          return answer;
        });
  }

  @SuppressWarnings("CatchingUnchecked") // plugin code may throw anything
  private static Map<KafkaMetric, Object> values(List<KafkaMetric> metrics) {
    var values = new HashMap<KafkaMetric, Object>();
    for (KafkaMetric metric : metrics) {
      try {
        Object value = metric.metricValue();
        if (value != null) values.put(metric, value);
      } catch (Throwable e) {
        LOG.debug("The metric {} of a plugin could not be read", metric.metricName(), e);
      }
    }
    return values;
  }

  private static void await(List<CompletableFuture<Map<KafkaMetric, Object>>> begun) {
    try {
      CompletableFuture.allOf(begun.toArray(new CompletableFuture<?>[0]))
          .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      LOG.warn("Metrics of a plugin were not told within {}; they are left out", PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

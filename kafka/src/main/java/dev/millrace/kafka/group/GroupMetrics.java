package dev.millrace.kafka.group;

import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.KafkaMetricsContext;
import org.apache.kafka.common.metrics.Measurable;
import org.apache.kafka.common.metrics.MetricConfig;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.AppInfoParser;
import org.apache.kafka.common.utils.Time;

/**
 * The metrics of a worker's membership and of the client that keeps it, under Kafka Connect's
 * names. Thread-safe.
 */
public final class GroupMetrics implements AutoCloseable {
  /** The domain of the MBeans. */
  public static final String DOMAIN = "kafka.connect";

  private static final String GROUP = "connect-coordinator-metrics";

  private final String clientId;
  private final Metrics registry;
  private volatile int connectors;
  private volatile int tasks;

  GroupMetrics(ConsumerConfig config, Time time) {
    this.clientId = config.getString(CommonClientConfigs.CLIENT_ID_CONFIG);
    this.registry =
        new Metrics(
            new MetricConfig().tags(Map.of("client-id", clientId)),
            CommonClientConfigs.metricsReporters(clientId, config),
            time,
            new KafkaMetricsContext(
                DOMAIN, config.originalsWithPrefix(CommonClientConfigs.METRICS_CONTEXT_PREFIX)));
    add("assigned-connectors", "Connectors that this worker runs", (how, now) -> connectors);
    add("assigned-tasks", "Tasks that this worker runs", (how, now) -> tasks);
    AppInfoParser.registerAppInfo(DOMAIN, clientId, registry, Time.SYSTEM.milliseconds());
  }

  private void add(String name, String description, Measurable value) {
    registry.addMetric(registry.metricName(name, GROUP, description), value);
  }

  Metrics registry() {
    return registry;
  }

  /** How much work this worker has been given. */
  public void assigned(int ofConnectors, int ofTasks) {
    connectors = ofConnectors;
    tasks = ofTasks;
  }

  /** All of them; none when closed. */
  public Map<MetricName, ? extends Metric> all() {
    return registry.metrics();
  }

  @Override
  public void close() {
    AppInfoParser.unregisterAppInfo(DOMAIN, clientId, registry);
    registry.close();
  }
}

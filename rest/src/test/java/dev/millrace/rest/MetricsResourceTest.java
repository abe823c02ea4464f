package dev.millrace.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.Count;
import dev.millrace.model.WorkId;
import dev.millrace.model.WorkStatus;
import dev.millrace.worker.RestListener;
import dev.millrace.worker.metrics.MetricsSettings;
import dev.millrace.worker.metrics.PluginInfo;
import dev.millrace.worker.metrics.WorkKind;
import dev.millrace.worker.metrics.WorkMeter;
import dev.millrace.worker.metrics.WorkerMetrics;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.metrics.Gauge;
import org.apache.kafka.common.metrics.MetricConfig;
import org.apache.kafka.common.utils.Time;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What Prometheus gets of a worker's metrics. */
@Timeout(300)
class MetricsResourceTest {

  private static final String PROMETHEUS =
      "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";

  private final InMemoryWorker worker = Fixture.worker();
  private final HttpClient client = HttpClient.newHttpClient();
  private final WorkerMetrics metrics =
      new WorkerMetrics(new MetricsSettings(new MetricConfig(), List.of(), Map.of()), Time.SYSTEM);
  private RestListener server;

  @BeforeEach
  void open() {
    server = RestServer.factory().open(java.util.Map.of("listeners", "http://127.0.0.1:0"), worker);
  }

  @AfterEach
  void close() {
    server.close();
    client.close();
    metrics.close();
  }

  @Test
  @DisplayName("§15.17 GET /metrics: text 0.0.4, or OpenMetrics for who asks for it")
  void bothFormsAreWellFormed() throws Exception {
    run("a \"quoted\\\" name\nof two lines");
    var text = get("text/plain");
    assertThat(text.headers().firstValue("Content-Type"))
        .hasValue("text/plain; version=0.0.4; charset=utf-8");
    check(StrictMetricsParser.parse(text.body(), false));
    assertThat(text.body())
        .contains("# TYPE kafka_connect_source_task_metrics_source_record_poll_total counter\n");
    var open = get(PROMETHEUS);
    assertThat(open.headers().firstValue("Content-Type"))
        .hasValue("application/openmetrics-text; version=1.0.0; charset=utf-8");
    check(StrictMetricsParser.parse(open.body(), true));
    assertThat(open.body())
        .contains("# TYPE kafka_connect_source_task_metrics_source_record_poll counter\n");
  }

  private static void check(Map<String, Double> values) {
    var of = "{connector=\"a \\\"quoted\\\\\\\" name\\nof two lines\",task=\"0\"";
    var source = "kafka_connect_source_task_metrics_";
    assertThat(values)
        .containsEntry(source + "source_record_poll_total" + of + "}", 7.0)
        .containsEntry(source + "poll_batch_avg_time_ms" + of + "}", Double.NaN)
        .containsEntry(
            "kafka_connect_connector_task_metrics_status_info" + of + ",value=\"running\"}", 1.0)
        .containsEntry("kafka_connect_connect_worker_metrics_task_count", 1.0)
        .containsEntry(
            "kafka_connect_connect_worker_rebalance_metrics_time_since_last_rebalance_ms",
            Double.POSITIVE_INFINITY)
        .containsEntry("kafka_connect_plugins_seen" + of + ",a_b=\"x\"}", 3.0);
  }

  @Test
  @DisplayName("§15.17 names of plugins that collide in Prometheus never spoil the answer")
  void collidingNames() throws Exception {
    var meter = run("c");
    gauge(meter, "seen", "a.b", 4);
    gauge(meter, "other-total", "", 5);
    gauge(meter, "other", "", 6);
    var plugin = meter.plugin();
    plugin.addMetric(
        plugin.metricName("other.total", "", new LinkedHashMap<>()),
        (Gauge<String>) (config, now) -> "text");
    worker.metrics(metrics.families());
    StrictMetricsParser.parse(get("text/plain").body(), false);
    StrictMetricsParser.parse(get(PROMETHEUS).body(), true);
  }

  @Test
  @DisplayName("§15.17 GET /metrics answers also while the worker starts")
  void whileStarting() throws Exception {
    worker.ready(false);
    assertThat(get("*/*").statusCode()).isEqualTo(200);
  }

  private WorkMeter run(String connector) {
    var meter = metrics.open(new WorkId(connector, 0));
    meter.begin();
    meter.publish(WorkKind.SOURCE, new PluginInfo("Some", "1"));
    meter.became(WorkStatus.RUNNING);
    meter.counters().add(Count.SOURCE_POLLED, 7);
    gauge(meter, "seen", "a-b", 3);
    worker.metrics(metrics.families());
    return meter;
  }

  private static void gauge(WorkMeter meter, String name, String tag, int value) {
    var tags = new LinkedHashMap<String, String>();
    if (!tag.isEmpty()) tags.put(tag, "x");
    var plugin = meter.plugin();
    plugin.addMetric(
        plugin.metricName(name, "help\nof \"two\" lines", tags),
        (Gauge<Integer>) (config, now) -> value);
  }

  private HttpResponse<String> get(String accept) throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create(server.uri() + "metrics"))
            .header("Accept", accept)
            .timeout(Duration.ofMinutes(2))
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }
}

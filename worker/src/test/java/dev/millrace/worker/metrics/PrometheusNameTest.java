package dev.millrace.worker.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("§15.17 names in Prometheus follow from domain, type and attribute")
class PrometheusNameTest {

  @Test
  void joinsDomainTypeAndAttribute() {
    assertThat(of("kafka.connect", "sink-task-metrics", "put-batch-avg-time-ms"))
        .isEqualTo("kafka_connect_sink_task_metrics_put_batch_avg_time_ms");
    assertThat(of("kafka.connect", "sink-task-metrics", "sink-record-read-total"))
        .isEqualTo("kafka_connect_sink_task_metrics_sink_record_read_total");
    assertThat(of("kafka.producer", "producer-metrics", "record-send-rate"))
        .isEqualTo("kafka_producer_producer_metrics_record_send_rate");
    assertThat(of("kafka.connect", "plugins", "größe in %"))
        .isEqualTo("kafka_connect_plugins_gr__e_in__");
  }

  private static String of(String domain, String type, String attribute) {
    var name = PrometheusName.of(domain, type, attribute, false);
    return name.family() + name.type().ending();
  }

  @Test
  void aTextIsAnInfo() {
    var name = PrometheusName.of("kafka.connect", "connector-metrics", "status", true);
    assertThat(name)
        .isEqualTo(
            new PrometheusName("kafka_connect_connector_metrics_status", MetricFamily.Type.INFO));
    assertThat(name.type().ending()).isEqualTo("_info");
  }

  @Test
  void labelsAreWhatPrometheusTakes() {
    assertThat(PrometheusName.label("client-id")).isEqualTo("client_id");
    assertThat(PrometheusName.label("1st")).isEqualTo("_1st");
    assertThat(PrometheusName.label("")).isEqualTo("_");
  }
}

package dev.millrace.worker.metrics;

/**
 * The name of a metric in Prometheus: the MBean's domain, its key {@code type} and the attribute,
 * joined by {@code _}, where every character but letters and digits is {@code _}. A number whose
 * attribute ends in {@code -total} is a counter, any other number a gauge; a text is an info.
 *
 * @param family without the ending that the type gives
 */
record PrometheusName(String family, MetricFamily.Type type) {

  private static final String TOTAL = "_total";

  /**
   * The name of one metric.
   *
   * @param domain such as {@code kafka.connect}
   * @param group the MBean's {@code type}
   */
  static PrometheusName of(String domain, String group, String attribute, boolean text) {
    String name = plain(domain + "_" + group + "_" + attribute);
    if (text) return new PrometheusName(name, MetricFamily.Type.INFO);
    return name.endsWith(TOTAL)
        ? new PrometheusName(
            name.substring(0, name.length() - TOTAL.length()), MetricFamily.Type.COUNTER)
        : new PrometheusName(name, MetricFamily.Type.GAUGE);
  }

  /** The name of a label. */
  static String label(String tag) {
    String plain = plain(tag);
    return plain.isEmpty() || Character.isDigit(plain.charAt(0)) ? "_" + plain : plain;
  }

  private static String plain(String text) {
    return text.replaceAll("[^a-zA-Z0-9_]", "_");
  }
}

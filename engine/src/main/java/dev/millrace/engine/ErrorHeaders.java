package dev.millrace.engine;

import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.header.Headers;

/** The context headers of dead letters (compat: semantics §7). Stateless. */
final class ErrorHeaders {
  private static final String PREFIX = "__connect.errors.";

  private ErrorHeaders() {}

  /**
   * Where the record was, in Kafka's terms.
   *
   * @param topic its topic, or null
   * @param partition its partition, or null
   * @param offset its offset, or null
   */
  record Place(String topic, Integer partition, Long offset) {}

  /** Adds all of them; what the plugin said goes through {@code hidden}. */
  static void add(Headers headers, Place place, ErrorReport report, UnaryOperator<String> hidden) {
    add(headers, "topic", place.topic());
    add(headers, "partition", text(place.partition()));
    add(headers, "offset", text(place.offset()));
    add(headers, "connector.name", report.task().connector());
    add(headers, "task.id", Integer.toString(report.task().task()));
    add(headers, "stage", report.stage().name());
    add(headers, "class.name", report.executing().getName());
    add(headers, "exception.class.name", report.error().getClass().getName());
    add(headers, "exception.message", message(report.error(), hidden));
    add(headers, "exception.stacktrace", hidden.apply(Traces.of(report.error())));
  }

  private static String text(Object number) {
    return number == null ? null : number.toString();
  }

  private static void add(Headers headers, String name, String text) {
    headers.add(PREFIX + name, text == null ? null : text.getBytes(StandardCharsets.UTF_8));
  }

  private static String message(Throwable error, UnaryOperator<String> hidden) {
    String text = error.getMessage();
    return text == null ? null : hidden.apply(text);
  }
}

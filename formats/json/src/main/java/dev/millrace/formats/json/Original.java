package dev.millrace.formats.json;

import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.connect.json.JsonConverter;

/**
 * Kafka Connect's converter, for what is left to it: made when it is first needed. It has a mapper
 * for each direction, which are most of what an idle task would hold. Thread-safe: of two that are
 * made at the same time, which are alike, one stays.
 */
final class Original implements Supplier<JsonConverter>, AutoCloseable {

  private final Map<String, ?> settings;

  /** Null until it is needed. */
  private volatile JsonConverter made;

  /**
   * None yet.
   *
   * @param settings with the converter's type; an original has taken them before
   */
  Original(Map<String, ?> settings) {
    this.settings = settings;
  }

  @Override
  public JsonConverter get() {
    JsonConverter present = made;
    if (present == null) {
      present = new JsonConverter();
      present.configure(settings);
      made = present;
    }
    return present;
  }

  @Override
  public void close() {
    JsonConverter present = made;
    if (present != null) present.close();
  }
}

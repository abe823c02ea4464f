package dev.millrace.worker;

import dev.millrace.engine.RecordConverters.Loaded;
import dev.millrace.formats.json.AcceleratedJson;
import java.util.Map;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.HeaderConverter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the faster converter before Kafka Connect's own one, if the worker's settings allow it
 * (decision 0051). Other converters, and versions of that one that a plugin folder holds, stay as
 * they are: their class is another one. Immutable.
 *
 * @param wanted as the worker's settings say
 */
record JsonAcceleration(boolean wanted) {

  private static final Logger LOG = LoggerFactory.getLogger(JsonAcceleration.class);

  /** A converter that has been configured, with what stands before it. */
  Loaded<Converter> converter(
      Converter configured, ClassLoader loader, Map<String, String> settings, boolean forKeys) {
    if (!applies(configured, forKeys ? "keys" : "values")) return new Loaded<>(configured, loader);
    var stock = (JsonConverter) configured;
    var faster = AcceleratedJson.converter(stock, settings, forKeys);
    return Loaded.withAnyLoader(faster, JsonConverter.class);
  }

  /** A header converter that has been configured, with what stands before it. */
  Loaded<HeaderConverter> headerConverter(
      HeaderConverter configured, ClassLoader loader, Map<String, String> settings) {
    if (!applies(configured, "headers")) return new Loaded<>(configured, loader);
    var faster = AcceleratedJson.headerConverter((JsonConverter) configured, settings);
    return Loaded.withAnyLoader(faster, JsonConverter.class);
  }

  private boolean applies(Object converter, String part) {
    if (!converter.getClass().getName().equals(JsonConverter.class.getName())) return false;
    boolean stock = converter.getClass() == JsonConverter.class;
    String why = stock ? "" : " of " + converter.getClass().getClassLoader();
    LOG.info(
        "JsonConverter{} for {}: {}",
        why,
        part,
        stock && wanted
            ? "accelerated ("
                + WorkerSettings.JSON_ACCELERATED
                + "=false in the worker's settings turns that off)"
            : "as it is");
    return stock && wanted;
  }
}

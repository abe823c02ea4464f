package dev.millrace.worker.validation;

import dev.millrace.plugins.PluginKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigValue;

/**
 * Overrides of the Kafka clients that a connector will have (compat: connector config §6). A value
 * of the wrong type makes the whole check fail, as in Kafka Connect. Immutable.
 */
record OverrideParts(PluginKind kind, WorkerView worker, Map<String, String> config) {

  /** The parts in the order of the result: producer, consumer, admin. */
  List<Part> all() {
    var parts = new ArrayList<Part>();
    boolean ownOffsets =
        kind == PluginKind.SOURCE
            && (worker.exactlyOnceSources() || isGiven(FrameworkKeys.OFFSETS_TOPIC));
    boolean deadLetters = kind == PluginKind.SINK && isGiven(FrameworkKeys.DLQ_TOPIC);
    boolean topics =
        kind == PluginKind.SOURCE
            && config.keySet().stream().anyMatch(key -> key.startsWith("topic.creation."));
    if (kind == PluginKind.SOURCE || deadLetters) {
      parts.add(part("producer.override.", ProducerConfig.configDef()));
    }
    if (kind == PluginKind.SINK || ownOffsets) {
      parts.add(part("consumer.override.", ConsumerConfig.configDef()));
    }
    if (topics || ownOffsets || deadLetters) {
      parts.add(part("admin.override.", AdminClientConfig.configDef()));
    }
    return parts;
  }

  private boolean isGiven(String key) {
    String value = config.get(key);
    return value != null && !value.isBlank();
  }

  private Part part(String prefix, ConfigDef client) {
    var keys = client.configKeys();
    var values = new ArrayList<ConfigValue>();
    under(config, prefix)
        .forEach(
            (name, given) -> {
              var key = keys.get(name);
              Object value = key == null ? given : ConfigDef.parseType(name, given, key.type);
              values.add(new ConfigValue(name, value, List.of(), List.of()));
            });
    return Part.ofPrefix(prefix, keys, values);
  }

  /** The settings under a prefix, without it. */
  static Map<String, String> under(Map<String, String> config, String prefix) {
    var found = new HashMap<String, String>();
    config.forEach(
        (key, value) -> {
          if (key.startsWith(prefix) && key.length() > prefix.length()) {
            found.put(key.substring(prefix.length()), value);
          }
        });
    return found;
  }
}

package dev.millrace.worker.validation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigValue;

/** The checked values of the framework's keys, to which more errors may come. Not thread-safe. */
final class Values {

  private final Map<String, ConfigValue> byName;

  /** Takes the map over: its order is that of the result. */
  Values(Map<String, ConfigValue> checked) {
    this.byName = checked;
  }

  /** The value of a key that is defined. */
  ConfigValue get(String name) {
    var value = byName.get(name);
    if (value == null) throw new IllegalArgumentException("no key " + name);
    return value;
  }

  boolean isWrong(String name) {
    var value = byName.get(name);
    return value != null && !value.errorMessages().isEmpty();
  }

  /** A value is in the result, though nobody may define it and nothing may be wrong with it. */
  void mention(String name, Object given) {
    byName.computeIfAbsent(name, n -> new ConfigValue(n, given, List.of(), new ArrayList<>()));
  }

  /** An error of a key, also of one that nobody defines. */
  void error(String name, Object given, String message) {
    mention(name, given);
    get(name).addErrorMessage(message);
  }

  List<ConfigValue> all() {
    return List.copyOf(byName.values());
  }
}

package dev.millrace.worker.validation;

import dev.millrace.worker.validation.Validation.Defined;
import dev.millrace.worker.validation.Validation.Entry;
import dev.millrace.worker.validation.Validation.Unanswered;
import dev.millrace.worker.validation.Validation.Undefined;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.apache.kafka.common.config.ConfigValue;

/**
 * A part of a validation's result: of the connector, of a client's overrides, or of a converter
 * (compat: connector config §9). Immutable.
 */
record Part(int errorCount, Set<String> groups, List<Entry> entries) {

  /** The connector's part: each error message counts; what nobody defines comes first. */
  static Part ofConnector(
      Map<String, ConfigKey> keys, List<ConfigValue> values, Set<String> groups) {
    var byName = new HashMap<String, ConfigValue>();
    values.forEach(value -> byName.put(value.name(), value));
    var entries = new ArrayList<Entry>();
    values.stream()
        .filter(value -> !keys.containsKey(value.name()))
        .forEach(value -> entries.add(new Undefined(value.name(), value)));
    keys.forEach(
        (name, key) -> {
          var value = byName.get(name);
          entries.add(value == null ? new Unanswered(name, key) : new Defined(name, key, value));
        });
    return new Part(
        entries.stream().mapToInt(entry -> entry.errors().size()).sum(), groups, entries);
  }

  /** Another part: each wrong key counts; values are in their own order. */
  static Part ofPrefix(String prefix, Map<String, ConfigKey> keys, List<ConfigValue> values) {
    var groups = new LinkedHashSet<String>();
    var entries = new ArrayList<Entry>();
    for (var value : values) {
      String name = prefix + value.name();
      var key = keys.get(value.name());
      if (key == null) {
        entries.add(new Undefined(name, value));
      } else {
        if (key.group != null) groups.add(key.group);
        entries.add(new Defined(name, key, value));
      }
    }
    int errors = (int) entries.stream().filter(entry -> !entry.errors().isEmpty()).count();
    return new Part(errors, groups, entries);
  }

  /** All parts as one result. */
  static Validation merged(List<Part> parts, Set<String> knownKeys) {
    var groups = new LinkedHashSet<String>();
    parts.forEach(part -> groups.addAll(part.groups()));
    return new Validation(
        parts.stream().mapToInt(Part::errorCount).sum(),
        List.copyOf(groups),
        parts.stream().flatMap(part -> part.entries().stream()).toList(),
        knownKeys);
  }
}

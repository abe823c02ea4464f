package dev.millrace.kafka.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which records of tasks and restarts the config topic holds, by connector, so that they can be
 * taken away when their connector is deleted. Kafka Connect leaves them for ever (compat: internal
 * topics §5), and so did earlier versions: then they belong to connectors that are not there.
 * Written by the topic's reader, read by its writer. Thread-safe.
 */
final class Leftovers {
  private static final int AT_ONCE = 100;
  private static final String CONNECTOR = "connector-";
  private static final String RESTART = "restart-connector-";
  private static final List<String> OF_TASKS = List.of("task-", "restart-task-");

  private final Set<String> connectors = ConcurrentHashMap.newKeySet();
  private final Map<String, Set<String>> keys = new ConcurrentHashMap<>(); // by connector

  /** Takes note of a record of the topic, in order. */
  void note(FactRecord record) {
    boolean there = record.value() != null;
    if (record.key().startsWith(CONNECTOR)) {
      String name = record.key().substring(CONNECTOR.length());
      if (there) connectors.add(name);
      else connectors.remove(name);
    }
    owner(record.key()).ifPresent(name -> note(name, record.key(), there));
  }

  private void note(String connector, String key, boolean there) {
    keys.compute(
        connector,
        (name, known) -> {
          var all = known == null ? ConcurrentHashMap.<String>newKeySet() : known;
          if (there) all.add(key);
          else all.remove(key);
          return all.isEmpty() ? null : all;
        });
  }

  /** The connector that a record of a task or a restart is about; empty for others. */
  static Optional<String> owner(String key) {
    if (key.startsWith(RESTART)) return Optional.of(key.substring(RESTART.length()));
    return OF_TASKS.stream()
        .filter(key::startsWith)
        .map(prefix -> key.substring(prefix.length()))
        .filter(nameAndTask -> nameAndTask.lastIndexOf('-') > 0)
        .map(nameAndTask -> nameAndTask.substring(0, nameAndTask.lastIndexOf('-')))
        .findFirst();
  }

  /** The keys of what there is of this connector. */
  List<String> of(String connector) {
    return keys.getOrDefault(connector, Set.of()).stream().sorted().toList();
  }

  /** Some of the connectors that are not there, of which there still is something. */
  List<String> orphans() {
    return keys.keySet().stream()
        .filter(name -> !connectors.contains(name))
        .limit(AT_ONCE)
        .sorted()
        .toList();
  }
}

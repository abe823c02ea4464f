package dev.millrace.worker.validation;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.apache.kafka.common.config.ConfigValue;

/**
 * What is to be said of a connector configuration (compat: connector config §9). Its values are not
 * changed any more once it is made.
 *
 * @param errorCount as Kafka Connect counts: each message of the connector's part, each wrong key
 *     of client overrides and of converters
 * @param groups of the keys, in the order of their definition
 * @param entries the keys: those without definition first
 * @param knownKeys every key that the framework or the plugin defines
 */
public record Validation(
    int errorCount, List<String> groups, List<Entry> entries, Set<String> knownKeys) {

  /** One key. */
  public sealed interface Entry {
    /** The key's full name. */
    String name();

    /** What is wrong with it. */
    List<String> errors();
  }

  /**
   * A key and its value.
   *
   * @param name in full, where the definition has it without a prefix
   */
  public record Defined(String name, ConfigKey key, ConfigValue value) implements Entry {
    @Override
    public List<String> errors() {
      return value.errorMessages();
    }
  }

  /** A key that is defined, but of whose value the connector said nothing. */
  public record Unanswered(String name, ConfigKey key) implements Entry {
    @Override
    public List<String> errors() {
      return List.of();
    }
  }

  /** A value that nobody defines. */
  public record Undefined(String name, ConfigValue value) implements Entry {
    @Override
    public List<String> errors() {
      return value.errorMessages();
    }
  }

  /** One error message and the key it belongs to. */
  public record Problem(String key, String message) {}

  /** Copies the collections. */
  public Validation {
    groups = List.copyOf(groups);
    entries = List.copyOf(entries);
    knownKeys = Set.copyOf(knownKeys);
  }

  /** Every error message, in the order of the entries; empty when the configuration is right. */
  public List<Problem> problems() {
    return entries.stream().flatMap(Validation::problemsOf).toList();
  }

  private static Stream<Problem> problemsOf(Entry entry) {
    return entry.errors().stream().map(message -> new Problem(entry.name(), message));
  }
}

package dev.millrace.worker.keys;

import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Validator;

/**
 * One key of a worker's file. Immutable.
 *
 * @param standard the default of Kafka Connect, {@link ConfigDef#NO_DEFAULT_VALUE} when it is
 *     required; null when it has none
 * @param validator of values; null when the type is enough
 * @param modes in which it has a meaning
 * @param why it is not honoured though it has a meaning in Kafka Connect; empty when it is honoured
 * @param documentation what it is for
 */
public record WorkerKey(
    String name,
    ConfigDef.Type type,
    Object standard,
    Validator validator,
    Importance importance,
    Set<WorkerMode> modes,
    String why,
    String documentation) {

  private static final Set<WorkerMode> ALL = Set.of(WorkerMode.values());
  private static final Set<WorkerMode> CLUSTER = Set.of(WorkerMode.ALONE, WorkerMode.DISTRIBUTED);

  /** Checks that nothing is missing. */
  public WorkerKey {
    modes = Set.copyOf(modes);
  }

  /** A key of all modes. */
  static WorkerKey optional(
      String name, ConfigDef.Type type, Object standard, String documentation) {
    return new WorkerKey(name, type, standard, null, Importance.LOW, ALL, "", documentation);
  }

  /** A key that has no default: without a value the worker does not start. */
  static WorkerKey required(String name, ConfigDef.Type type, String documentation) {
    return optional(name, type, ConfigDef.NO_DEFAULT_VALUE, documentation).important();
  }

  private WorkerKey important() {
    return new WorkerKey(
        name, type, standard, validator, Importance.HIGH, modes, why, documentation);
  }

  /** The same with a rule for values. */
  WorkerKey valid(Validator rule) {
    return new WorkerKey(name, type, standard, rule, importance, modes, why, documentation);
  }

  /** The same, but standalone workers do not know it. */
  WorkerKey distributed() {
    return in(CLUSTER);
  }

  /** The same, but of these modes only. */
  WorkerKey in(Set<WorkerMode> these) {
    return new WorkerKey(name, type, standard, validator, importance, these, why, documentation);
  }

  /** The same, but it is only accepted. */
  WorkerKey without(String reason) {
    return new WorkerKey(name, type, standard, validator, importance, modes, reason, documentation);
  }

  /** Why a worker of this mode makes nothing of it; empty when it is honoured. */
  public Optional<String> idle(WorkerMode mode) {
    if (!why.isEmpty()) return Optional.of(why);
    if (modes.contains(mode)) return Optional.empty();
    return Optional.of(
        switch (mode) {
          case STANDALONE -> "it belongs to the distributed mode";
          case DISTRIBUTED, ALONE -> "it belongs to the standalone mode";
        });
  }

  /** Whether the worker's definition has it: keys that Kafka Connect itself removed are not. */
  boolean defined(WorkerMode mode) {
    return modes.contains(mode);
  }
}

package dev.millrace.worker.validation;

import dev.millrace.model.restarts.RestartPolicy;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.CaseInsensitiveValidString;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;

/** The keys of {@link RestartPolicy}: the same for workers and for connectors. Stateless. */
public final class RestartKeys {

  private RestartKeys() {}

  /** Adds them. */
  public static ConfigDef define(ConfigDef keys) {
    var usual = RestartPolicy.DEFAULT;
    return keys.define(
            RestartPolicy.POLICY,
            ConfigDef.Type.STRING,
            RestartPolicy.NEVER,
            CaseInsensitiveValidString.in(RestartPolicy.NEVER, RestartPolicy.BACKOFF),
            Importance.MEDIUM,
            "Whether failed connectors and tasks are restarted by themselves.")
        .define(
            RestartPolicy.INITIAL,
            ConfigDef.Type.LONG,
            usual.initialMs(),
            Range.atLeast(1),
            Importance.LOW,
            "Milliseconds before the first restart; doubled with each further one.")
        .define(
            RestartPolicy.MAX,
            ConfigDef.Type.LONG,
            usual.maxMs(),
            Range.atLeast(1),
            Importance.LOW,
            "The longest time between restarts, in milliseconds.")
        .define(
            RestartPolicy.JITTER,
            ConfigDef.Type.DOUBLE,
            usual.jitter(),
            Range.between(0, 1),
            Importance.LOW,
            "How far restarts are spread by chance: 0.2 is by a fifth to both sides.")
        .define(
            RestartPolicy.ATTEMPTS,
            ConfigDef.Type.INT,
            usual.maxAttempts(),
            Range.atLeast(-1),
            Importance.LOW,
            "How many restarts in a row are made; -1 for no limit.")
        .define(
            RestartPolicy.HEALTHY,
            ConfigDef.Type.LONG,
            usual.healthyAfterMs(),
            Range.atLeast(1),
            Importance.LOW,
            "Milliseconds after which work that runs is well, so that restarts are counted anew.");
  }
}

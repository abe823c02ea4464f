package dev.millrace.worker;

import dev.millrace.model.restarts.RestartPolicy;
import dev.millrace.worker.validation.RestartKeys;
import java.time.Duration;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;

/** The worker's settings for work that fails or does not return. */
final class Reactions {

  static final String STALLED_AFTER = "millrace.stalled.after.ms";
  private static final long FIVE_MINUTES_MS = 300_000;

  private Reactions() {}

  static ConfigDef define(ConfigDef keys) {
    return RestartKeys.define(keys)
        .define(
            STALLED_AFTER,
            ConfigDef.Type.LONG,
            FIVE_MINUTES_MS,
            Range.atLeast(0),
            Importance.LOW,
            "Milliseconds after which a call of plugin code that has not returned is reported;"
                + " 0 for never");
  }

  static RestartPolicy restarts(AbstractConfig values) {
    return RestartPolicy.DEFAULT.of(values.originalsStrings());
  }

  static Duration stalledAfter(AbstractConfig values) {
    return Duration.ofMillis(values.getLong(STALLED_AFTER));
  }
}

package dev.millrace.worker;

import dev.millrace.model.restarts.RestartPolicy;
import java.time.Duration;
import org.apache.kafka.common.config.AbstractConfig;

/** The worker's settings for work that fails or does not return. */
final class Reactions {

  static final String STALLED_AFTER = "millrace.stalled.after.ms";

  private Reactions() {}

  static RestartPolicy restarts(AbstractConfig values) {
    return RestartPolicy.DEFAULT.of(values.originalsStrings());
  }

  static Duration stalledAfter(AbstractConfig values) {
    return Duration.ofMillis(values.getLong(STALLED_AFTER));
  }
}

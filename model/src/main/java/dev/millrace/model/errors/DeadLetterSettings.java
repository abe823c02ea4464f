package dev.millrace.model.errors;

import java.util.Objects;

/**
 * {@code errors.deadletterqueue.*} of a connector.
 *
 * @param topic topic of the dead letter queue; empty for none
 * @param replicationFactor used when the topic has to be created; -1 is the broker's default
 * @param contextHeaders whether the {@code __connect.errors.*} headers are added
 */
public record DeadLetterSettings(String topic, short replicationFactor, boolean contextHeaders) {
  /** No dead letter queue. */
  public static final DeadLetterSettings OFF = new DeadLetterSettings("", (short) 3, false);

  /** Checks that there is a topic text. */
  public DeadLetterSettings {
    Objects.requireNonNull(topic, "topic");
  }

  /** Whether a dead letter queue is configured. */
  public boolean enabled() {
    return !topic.isEmpty();
  }
}

package dev.millrace.kafka;

/** Kafka refused or did not answer; the message names the topic and the remedy. */
public final class KafkaAccessException extends RuntimeException {

  /** With what happened to which topic, and what to do. */
  public KafkaAccessException(String message) {
    super(message);
  }

  /** With what happened to which topic, and what to do. */
  public KafkaAccessException(String message, Throwable cause) {
    super(message, cause);
  }
}

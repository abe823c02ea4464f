package dev.millrace.kafka;

/** The embedded Kafka cannot start or stop; the message names the data directory and the remedy. */
public final class EmbeddedKafkaException extends RuntimeException {

  /** With what happened, to which directory or port, and what to do. */
  public EmbeddedKafkaException(String message) {
    super(message);
  }

  /** With what happened, to which directory or port, and what to do. */
  public EmbeddedKafkaException(String message, Throwable cause) {
    super(message, cause);
  }
}

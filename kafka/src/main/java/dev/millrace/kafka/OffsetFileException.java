package dev.millrace.kafka;

/** A file of offsets cannot be used; the message names it and the remedy. */
public final class OffsetFileException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  OffsetFileException(String message, Throwable cause) {
    super(message, cause);
  }
}

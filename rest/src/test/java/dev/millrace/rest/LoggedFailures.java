package dev.millrace.rest;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;

/** Keeps what a logger is told, for assertions. Thread-safe. */
final class LoggedFailures extends AbstractAppender {
  final Queue<String> lines = new ConcurrentLinkedQueue<>();

  /** Those that came with a stack trace. */
  final Queue<Throwable> thrown = new ConcurrentLinkedQueue<>();

  LoggedFailures() {
    super("failures", null, null, true, Property.EMPTY_ARRAY);
    start();
  }

  @Override
  public void append(LogEvent event) {
    lines.add(event.getMessage().getFormattedMessage() + ": " + event.getThrown());
    if (event.getThrown() != null) thrown.add(event.getThrown());
  }
}

package dev.millrace.kafka.config;

import dev.millrace.model.Fact;
import dev.millrace.model.control.Event;
import java.util.List;
import java.util.function.Consumer;

/**
 * The log of facts. All methods return at once; what they cause comes back as events, in the order
 * of the log: {@link Event.FactRead}, {@link Event.Claimed}, {@link Event.Appended}. Thread-safe.
 */
public interface ConfigLog extends AutoCloseable {

  /**
   * Begins to read from the start. Facts reach the consumer on a thread of the log's.
   *
   * @param failed told once when the log cannot go on
   */
  void start(Consumer<Event> events, Consumer<Throwable> failed);

  /** Shuts out every earlier claim; answered by {@link Event.Claimed}, or not at all. */
  void claim(int generation);

  /**
   * Writes all of these facts or none; answered by {@link Event.Appended} or {@link
   * Event.AppendFailed}, or not at all.
   */
  void append(int claim, long proposal, List<Fact> facts);

  /** Why it cannot be used for now, in sentences; empty when it can. */
  String blocked();

  /** Stops reading and writing; returns when all is closed. */
  @Override
  void close();
}

package dev.millrace.worker.logging;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/** The loggers of this process, whose backend is shared by all its workers. Thread-safe. */
public interface LogLevels {

  /** The name under which the root logger is known. */
  String ROOT = "root";

  /**
   * Effective level of a logger.
   *
   * @param lastModified milliseconds since 1970 of the last change through here; 0 for never
   */
  record LogLevel(String level, long lastModified) {}

  /** All loggers that are known and not off, by name. */
  SortedMap<String, LogLevel> all();

  /** One logger; empty when it is not known. */
  Optional<LogLevel> of(String logger);

  /** Whether the backend has a level of that name, in any case. */
  boolean isLevel(String level);

  /**
   * Sets a logger and all below it.
   *
   * @param level one that {@link #isLevel}
   * @return the loggers whose level has changed, sorted
   */
  List<String> set(String logger, String level);
}

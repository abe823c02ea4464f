package dev.millrace.worker.logging;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/** No loggers: the backend is one whose levels cannot be changed from here. Immutable. */
final class NoLevels implements LogLevels {

  @Override
  public SortedMap<String, LogLevel> all() {
    return Collections.emptySortedMap();
  }

  @Override
  public Optional<LogLevel> of(String logger) {
    return Optional.empty();
  }

  @Override
  public boolean isLevel(String level) {
    return false;
  }

  @Override
  public List<String> set(String logger, String level) {
    return List.of();
  }
}

package dev.millrace.worker;

import dev.millrace.model.WorkId;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;

/**
 * The tasks here that keep a table. A task does so by being a {@code Function<String,
 * Optional<String>>}: key as text to row as JSON text (decision 0004). Thread-safe.
 */
final class Queryables {

  private final Map<WorkId, Function<String, Optional<String>>> tables =
      new ConcurrentSkipListMap<>();

  /** Notes the task if it keeps a table; the answer takes it back, and no successor's. */
  Runnable offer(WorkId id, Object task) {
    if (!(task instanceof Function<?, ?> function)) return () -> {};
    Function<String, Optional<String>> table = key -> ask(function, key);
    tables.put(id, table);
    return () -> tables.remove(id, table);
  }

  /** Asks every task of the connector that is here. */
  Optional<String> query(String connector, String key) {
    var ours = tables.entrySet().stream().filter(e -> e.getKey().connector().equals(connector));
    var found = ours.map(Map.Entry::getValue).toList();
    if (found.isEmpty()) {
      throw new QueryException(
          QueryException.Kind.NO_TABLE,
          "No task of connector " + connector + " that keeps a table is running here");
    }
    return found.stream().flatMap(table -> table.apply(key).stream()).findFirst();
  }

  private static Optional<String> ask(Function<?, ?> task, String key) {
    try {
      @SuppressWarnings("unchecked") // any object may be asked with text; the answer is checked
      Object answer = ((Function<Object, ?>) task).apply(key);
      return answer instanceof Optional<?> row ? row.map(String::valueOf) : Optional.empty();
    } catch (IllegalArgumentException e) {
      throw new QueryException(QueryException.Kind.BAD_KEY, e.getMessage());
    } catch (IllegalStateException e) {
      throw new QueryException(QueryException.Kind.NOT_READY, e.getMessage());
    }
  }
}

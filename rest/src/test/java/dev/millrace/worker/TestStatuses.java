package dev.millrace.worker;

import dev.millrace.model.Waiting;
import dev.millrace.model.WorkId;
import java.util.Optional;
import java.util.function.Supplier;

/** Lets tests of other packages write on a status board, as the crew does. */
public final class TestStatuses {

  private TestStatuses() {}

  public static void put(StatusBoard board, WorkId id, StatusBoard.Entry entry) {
    board.put(id, entry);
  }

  public static void watch(StatusBoard board, WorkId id, Supplier<Optional<Waiting>> waiting) {
    board.watch(id, waiting);
  }

  public static void remove(StatusBoard board, WorkId id) {
    board.remove(id);
  }
}

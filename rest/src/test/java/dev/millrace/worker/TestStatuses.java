package dev.millrace.worker;

import dev.millrace.model.WorkId;

/** Lets tests of other packages write on a status board, as the crew does. */
public final class TestStatuses {

  private TestStatuses() {}

  public static void put(StatusBoard board, WorkId id, StatusBoard.Entry entry) {
    board.put(id, entry);
  }

  public static void remove(StatusBoard board, WorkId id) {
    board.remove(id);
  }
}

package dev.millrace.topology;

import dev.millrace.topology.yaml.Position;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The problems of one file while it is read; bounded. Owned by the reading thread. */
final class Problems {

  /** How many are kept; the rest of a file this wrong is not worth its listing. */
  static final int MAX = 200;

  private final String file;
  private final Set<Problem> found = new LinkedHashSet<>();
  private boolean more;

  Problems(String file) {
    this.file = file;
  }

  void add(Position position, String message) {
    add(position, message, "");
  }

  void add(Position position, String message, String hint) {
    add(Problem.at(file, position, message, hint));
  }

  void add(Problem problem) {
    if (found.size() < MAX) {
      found.add(problem);
    } else {
      more = more || !found.contains(problem);
    }
  }

  boolean isFull() {
    return found.size() >= MAX;
  }

  /** All in the order of the file. */
  List<Problem> sorted() {
    List<Problem> sorted = new ArrayList<>(found);
    sorted.sort((a, b) -> position(a).compareTo(position(b)));
    if (more) {
      Position last = position(sorted.getLast());
      sorted.add(
          Problem.at(file, last, "more problems than the %d shown".formatted(MAX), "mend these"));
    }
    return List.copyOf(sorted);
  }

  private static Position position(Problem problem) {
    return new Position(problem.line(), problem.column());
  }
}

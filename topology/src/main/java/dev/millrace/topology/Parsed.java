package dev.millrace.topology;

import java.util.List;
import java.util.Optional;

/**
 * What {@link Topologies#parse} made of one file.
 *
 * @param file the name of the file
 * @param topology what could be understood; present also beside problems, so that a linter can
 *     check the rest in the same go. Compile and run it only if linting found nothing.
 * @param problems what is wrong with the file by itself, in its order
 */
public record Parsed(String file, Optional<Topology> topology, List<Problem> problems) {

  /** Copies the problems. */
  public Parsed {
    problems = List.copyOf(problems);
  }
}

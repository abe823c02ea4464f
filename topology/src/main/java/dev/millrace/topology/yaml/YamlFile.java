package dev.millrace.topology.yaml;

import java.util.List;
import java.util.Optional;

/**
 * What was read of a text: a tree unless the text is empty or cannot be read to its end.
 *
 * @param root the tree
 * @param problems all problems found
 */
public record YamlFile(Optional<YamlNode> root, List<YamlProblem> problems) {

  /** Copies the problems. */
  public YamlFile {
    problems = List.copyOf(problems);
  }
}

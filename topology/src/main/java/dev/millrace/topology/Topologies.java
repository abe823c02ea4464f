package dev.millrace.topology;

import dev.millrace.topology.yaml.Position;
import dev.millrace.topology.yaml.YamlFile;
import dev.millrace.topology.yaml.YamlMap;
import dev.millrace.topology.yaml.YamlNode;
import dev.millrace.topology.yaml.YamlProblem;
import dev.millrace.topology.yaml.YamlReader;
import java.util.Optional;

/** Reads topology files. Stateless. */
public final class Topologies {
  private Topologies() {}

  /**
   * Reads one file and checks all that needs neither connectors nor other files. Never throws,
   * whatever the text; a text of more than {@link YamlReader#MAX_CHARACTERS} is refused.
   *
   * @param fileName how problems name the file
   * @param text its content
   */
  public static Parsed parse(String fileName, String text) {
    Problems problems = new Problems(fileName);
    YamlFile yaml = YamlReader.read(text);
    for (YamlProblem problem : yaml.problems()) {
      problems.add(problem.position(), problem.message(), problem.hint());
    }
    Optional<Topology> topology = topology(yaml, problems);
    return new Parsed(fileName, topology, problems.sorted());
  }

  private static Optional<Topology> topology(YamlFile yaml, Problems problems) {
    if (yaml.root().isEmpty()) {
      if (yaml.problems().isEmpty()) {
        problems.add(
            Position.START,
            "the file is empty",
            "a topology needs a name and stages: topology, sources, processors, sinks");
      }
      return Optional.empty();
    }
    YamlNode root = yaml.root().get();
    if (root instanceof YamlMap map) {
      return Optional.of(new TopologyParser(problems).parse(map));
    }
    problems.add(
        root.position(),
        "a topology file is a map of keys",
        "its keys are: " + String.join(", ", TopologyParser.KEYS));
    return Optional.empty();
  }
}

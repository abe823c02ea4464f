package dev.millrace.topology;

import dev.millrace.topology.yaml.Position;
import java.util.List;
import java.util.Optional;

/**
 * One topology file, understood: T = {C1 … CN}. Immutable.
 *
 * @param name its name
 * @param description what it is for, in the user's words; may be empty
 * @param stages its stages in the order sources, processors, sinks and within these of the file;
 *     names are unique
 * @param externalTopics the topics it declares to exist outside it
 * @param position where its name stands
 */
public record Topology(
    String name,
    String description,
    List<Stage> stages,
    List<String> externalTopics,
    Position position) {

  /** Copies the collections. */
  public Topology {
    stages = List.copyOf(stages);
    externalTopics = List.copyOf(externalTopics);
  }

  /** The stage of this name. */
  public Optional<Stage> stage(String stageName) {
    return stages.stream().filter(stage -> stage.name().equals(stageName)).findFirst();
  }

  /** The name of the connector a stage compiles to. */
  public String connectorName(Stage stage) {
    return name + "." + stage.name();
  }
}

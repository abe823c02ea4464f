package dev.millrace.topology;

import dev.millrace.model.Nearest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Checks what the stages of one topology read. Owned by the linting thread. */
final class GraphCheck {
  private final Topology topology;
  private final Graph graph;
  private final Writers writers;
  private final Problems problems;
  private final Set<String> external;
  private final List<String> candidates = new ArrayList<>();

  GraphCheck(Topology topology, Writers writers, Problems problems) {
    this.topology = topology;
    this.graph = Graph.of(topology);
    this.writers = writers;
    this.problems = problems;
    this.external = new HashSet<>(topology.externalTopics());
    for (Stage stage : topology.stages()) {
      if (stage.kind() != StageKind.SINK) {
        candidates.add(stage.name());
        candidates.addAll(stage.topics());
      }
    }
    candidates.addAll(topology.externalTopics());
  }

  void check() {
    for (Stage stage : topology.stages()) {
      stage.inputs().forEach(input -> input(stage, input));
    }
    for (List<String> cycle : graph.cycles()) {
      topology
          .stage(cycle.getFirst())
          .ifPresent(
              first ->
                  problems.add(
                      first.places().stage(),
                      "stages form a cycle: " + String.join(" → ", cycle),
                      "data has to flow one way; let one of them read another topic"));
    }
  }

  private void input(Stage reader, Input input) {
    graph
        .stageOf(input)
        .ifPresentOrElse(
            named -> stage(reader, input, named),
            () -> {
              if (!isKnownTopic(input)) {
                dangling(reader, input);
              }
            });
  }

  private boolean isKnownTopic(Input input) {
    return input.topicOnly()
        || writers.topics().contains(input.name())
        || external.contains(input.name())
        || input.name().contains("${");
  }

  private void stage(Stage reader, Input input, Stage named) {
    if (named.kind() == StageKind.SINK) {
      problems.add(
          input.position(),
          "\"%s\" is a sink and writes no topic that \"%s\" could read"
              .formatted(named.name(), reader.name()),
          "read what the sink reads");
    } else if (named.topics().isEmpty()) {
      problems.add(
          input.position(),
          "source \"%s\" does not say which topic it writes, so \"%s\" cannot read it"
              .formatted(named.name(), reader.name()),
          "add topic: or topics: to the source");
    } else if (reader.kind() == StageKind.PROCESSOR && named.topics().size() > 1) {
      problems.add(
          input.position(),
          "\"%s\" writes several topics: %s"
              .formatted(named.name(), String.join(", ", named.topics())),
          "name the one to read");
    }
  }

  private void dangling(Stage reader, Input input) {
    String nearest = problems.isFull() ? "" : Nearest.hint(input.name(), candidates);
    if (!nearest.isEmpty()) {
      problems.add(input.position(), "no stage or topic \"%s\"".formatted(input.name()), nearest);
      return;
    }
    boolean sql = reader.places().key("from").isEmpty();
    problems.add(
        input.position(),
        "dangling topic \"%s\": no stage writes it".formatted(input.name()),
        sql
            ? "if it exists outside this file, declare it at the top level: topics: [%s]"
                .formatted(input.name())
            : "if it exists outside this file, write topic:%1$s, or declare it at the top level:"
                    .formatted(input.name())
                + " topics: [%s]".formatted(input.name()));
  }
}

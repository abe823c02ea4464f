package dev.millrace.topology;

import dev.millrace.topology.yaml.Position;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Who writes which topic in all files of one lint.
 *
 * @param topics all topics written
 */
record Writers(Set<String> topics) {

  private record Writer(String file, Stage stage) {}

  /** Collects the writers; reports topics with two, and names two topologies share. */
  static Writers of(List<Parsed> files, Function<Parsed, Problems> problemsOf) {
    Map<String, Writer> writers = new HashMap<>();
    Map<String, String> names = new HashMap<>();
    for (Parsed parsed : files) {
      Problems problems = problemsOf.apply(parsed);
      if (parsed.topology().isPresent()) {
        Topology topology = parsed.topology().get();
        name(parsed.file(), topology, names, problems);
        for (Stage stage : topology.stages()) {
          topics(new Writer(parsed.file(), stage), writers, problems);
        }
      }
    }
    return new Writers(Set.copyOf(writers.keySet()));
  }

  private static void name(
      String file, Topology topology, Map<String, String> names, Problems problems) {
    String other = names.putIfAbsent(topology.name(), file);
    if (other != null && !topology.name().isEmpty()) {
      problems.add(
          topology.position(),
          "duplicate topology \"%s\", first in %s".formatted(topology.name(), other),
          "give each topology a name of its own");
    }
  }

  private static void topics(Writer writer, Map<String, Writer> writers, Problems problems) {
    for (String topic : writer.stage().topics()) {
      Writer other = writers.putIfAbsent(topic, writer);
      if (other != null) {
        problems.add(
            place(writer.stage()),
            "topic \"%s\" is written by \"%s\"%s and by \"%s\""
                .formatted(topic, other.stage().name(), in(other, writer), writer.stage().name()),
            "give each stage a topic of its own");
      }
    }
  }

  private static String in(Writer other, Writer writer) {
    return other.file().equals(writer.file()) ? "" : " of " + other.file();
  }

  private static Position place(Stage stage) {
    Places places = stage.places();
    return places.value("topic").or(() -> places.value("topics")).orElse(places.stage());
  }
}

package dev.millrace.topology;

import dev.millrace.model.Nearest;
import dev.millrace.topology.yaml.Position;
import dev.millrace.topology.yaml.YamlList;
import dev.millrace.topology.yaml.YamlMap;
import dev.millrace.topology.yaml.YamlNode;
import dev.millrace.topology.yaml.YamlScalar;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the top level of a topology file. Owned by one reading thread. */
final class TopologyParser {

  /** All keys of the top level. */
  static final List<String> KEYS =
      List.of("topology", "description", "topics", "settings", "sources", "processors", "sinks");

  /** How many stages one topology may have. */
  static final int MAX_STAGES = 1000;

  private final Problems problems;
  private final Map<String, Stage> stages = new LinkedHashMap<>();

  TopologyParser(Problems problems) {
    this.problems = problems;
  }

  Topology parse(YamlMap root) {
    Keys.reportRepeated(root, problems);
    reportUnknown(root);
    Settings settings =
        map(root, "settings").map(map -> Settings.read(map, problems)).orElse(Settings.NONE);
    for (StageKind kind : StageKind.values()) {
      map(root, kind.section()).ifPresent(section -> section(kind, section, settings));
    }
    if (stages.isEmpty() && !problems.isFull()) {
      reportNoStages(root);
    }
    Position position =
        root.entry("topology").map(entry -> entry.value().position()).orElse(root.position());
    return new Topology(
        name(root),
        root.entry("description").flatMap(entry -> Keys.text(entry, problems)).orElse(""),
        List.copyOf(stages.values()),
        topics(root),
        position);
  }

  private void reportUnknown(YamlMap root) {
    for (YamlMap.Entry entry : root.distinct()) {
      if (!KEYS.contains(entry.name())) {
        String nearest = problems.isFull() ? "" : Nearest.hint(entry.name(), KEYS);
        problems.add(
            entry.key().position(),
            "unknown key \"%s\"".formatted(entry.name()),
            nearest.isEmpty() ? "a topology file has: " + String.join(", ", KEYS) : nearest);
      }
    }
  }

  private void reportNoStages(YamlMap root) {
    boolean sections =
        root.entries().stream()
            .anyMatch(entry -> List.of("sources", "processors", "sinks").contains(entry.name()));
    if (!sections) {
      problems.add(
          root.position(), "the topology has no stages", "add sources, processors or sinks");
    }
  }

  private String name(YamlMap root) {
    Optional<YamlMap.Entry> entry = root.entry("topology");
    if (entry.isEmpty()) {
      problems.add(
          root.position(), "the topology has no name", "add a line: topology: my-topology");
      return "";
    }
    Optional<String> name = Keys.text(entry.get(), problems);
    if (name.isPresent() && entry.get().value() instanceof YamlScalar scalar) {
      Keys.checkName(scalar, "topology", problems);
    }
    return name.orElse("");
  }

  private List<String> topics(YamlMap root) {
    Optional<YamlMap.Entry> entry = root.entry("topics");
    if (entry.isEmpty()) {
      return List.of();
    }
    List<String> topics = new ArrayList<>();
    for (YamlNode item : items(entry.get().value())) {
      if (item instanceof YamlScalar scalar && !scalar.isNothing()) {
        Keys.checkTopic(scalar.text(), scalar, problems);
        topics.add(scalar.text());
      } else {
        problems.add(
            item.position(), "\"topics\" has to be a list of topics outside this file, by name");
      }
    }
    return topics;
  }

  private static List<YamlNode> items(YamlNode value) {
    return value instanceof YamlList list ? list.items() : List.of(value);
  }

  /** The map under a top-level key, if the key is there and is right. */
  private Optional<YamlMap> map(YamlMap root, String key) {
    Optional<YamlMap.Entry> entry = root.entry(key);
    if (entry.isPresent() && entry.get().value() instanceof YamlMap map) {
      return Optional.of(map);
    }
    entry.ifPresent(
        wrong ->
            problems.add(
                wrong.key().position(),
                "\"%s\" has to be a map%s"
                    .formatted(key, key.equals("settings") ? " of keys" : " of stages by name"),
                "indent what is under it, or remove it"));
    return Optional.empty();
  }

  private void section(StageKind kind, YamlMap section, Settings settings) {
    for (YamlMap.Entry entry : section.entries()) {
      if (stages.size() >= MAX_STAGES) {
        problems.add(
            entry.key().position(),
            "more than %d stages".formatted(MAX_STAGES),
            "split the file into several topologies");
        return;
      }
      stage(kind, entry, settings);
    }
  }

  private void stage(StageKind kind, YamlMap.Entry entry, Settings settings) {
    Keys.checkName(entry.key(), "stage", problems);
    Stage before = stages.get(entry.name());
    if (before != null) {
      problems.add(
          entry.key().position(),
          "duplicate stage \"%s\", first on line %d, under %s"
              .formatted(entry.name(), before.places().stage().line(), before.kind().section()),
          "names are unique in a topology");
    }
    if (entry.value() instanceof YamlMap map) {
      Stage stage = new StageParser(kind, entry.key(), map, settings, problems).parse();
      stages.putIfAbsent(entry.name(), stage);
    } else {
      problems.add(
          entry.key().position(),
          "%s \"%s\" has to be a map of keys".formatted(kind.word(), entry.name()),
          "indent its keys under it, first of all connector: NAME");
    }
  }
}

package dev.millrace.topology;

import dev.millrace.topology.yaml.YamlMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The defaults for all stages.
 *
 * @param flat configuration keys, friendly ones not yet resolved
 * @param parallelism the default of parallelism
 */
record Settings(Map<String, Given> flat, int parallelism) {

  static final Settings NONE = new Settings(Map.of(), 1);

  /** Keys that belong to one stage and make no sense as a default. */
  private static final Set<String> OF_ONE_STAGE =
      Set.of("connector", "sql", "topic", "topics", "topics.regex", "from");

  /**
   * Keys whose settings belong to the object they name: a stage that names its own takes none of
   * the default's settings.
   */
  private static final List<String> FAMILIES =
      List.of("key.converter", "value.converter", "header.converter", "transforms", "predicates");

  static Settings read(YamlMap map, Problems problems) {
    Keys.reportRepeated(map, problems);
    Flattener flattener = new Flattener(problems);
    int parallelism = 1;
    for (YamlMap.Entry entry : map.distinct()) {
      if (entry.name().equals("parallelism")) {
        parallelism = Parallelism.read(entry, problems);
      } else if (OF_ONE_STAGE.contains(entry.name())) {
        problems.add(
            entry.key().position(),
            "\"%s\" belongs to a stage, not to settings".formatted(entry.name()));
      } else {
        flattener.add(entry);
      }
    }
    Map<String, Given> flat = flattener.result();
    checkFriendly(flat, problems);
    return new Settings(flat, parallelism);
  }

  private static void checkFriendly(Map<String, Given> flat, Problems problems) {
    Map<String, Given> forSinks = new LinkedHashMap<>(flat);
    forSinks.remove(FriendlyKeys.PARTITIONS);
    FriendlyKeys.resolve(forSinks, StageKind.SINK, problems);
  }

  /** Adds to a stage's configuration the defaults it does not override. */
  void addTo(Map<String, Given> config, StageKind kind) {
    Map<String, Given> defaults = new LinkedHashMap<>(flat);
    if (kind == StageKind.SINK) {
      defaults.remove(FriendlyKeys.PARTITIONS);
    }
    Set<String> own = Set.copyOf(config.keySet());
    FriendlyKeys.resolve(defaults, kind, new Problems(""))
        .forEach(
            (key, given) -> {
              if (!isOverridden(key, own)) {
                config.put(key, given);
              }
            });
  }

  private static boolean isOverridden(String key, Set<String> own) {
    return own.contains(key)
        || FAMILIES.stream()
            .anyMatch(family -> own.contains(family) && key.startsWith(family + "."));
  }
}

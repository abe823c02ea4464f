package dev.millrace.topology;

import dev.millrace.topology.yaml.Position;
import dev.millrace.topology.yaml.YamlList;
import dev.millrace.topology.yaml.YamlMap;
import dev.millrace.topology.yaml.YamlNode;
import dev.millrace.topology.yaml.YamlScalar;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Turns YAML values into flat configuration keys: nested maps joined with dots, lists with commas,
 * chains of transforms and predicates into Kafka Connect's form. Owned by one reading thread.
 */
final class Flattener {
  private final Problems problems;
  private final Map<String, Given> flat = new LinkedHashMap<>();

  Flattener(Problems problems) {
    this.problems = problems;
  }

  Map<String, Given> result() {
    return flat;
  }

  /** Adds a key of a stage or of the settings. */
  void add(YamlMap.Entry entry) {
    String name = entry.name();
    boolean chain = name.equals("transforms") || name.equals("predicates");
    if (chain && !(entry.value() instanceof YamlScalar)) {
      chain(name, entry);
    } else {
      add(name, entry);
    }
  }

  private void add(String key, YamlMap.Entry entry) {
    switch (entry.value()) {
      case YamlScalar scalar -> scalar(key, entry.key().position(), scalar);
      case YamlList list -> joined(key, entry, list);
      case YamlMap map -> nested(key, entry, map);
    }
  }

  private void scalar(String key, Position position, YamlScalar scalar) {
    if (scalar.isNothing()) {
      reportNothing(key, position, scalar);
    } else {
      put(key, new Given(scalar.text(), position, scalar));
    }
  }

  private void reportNothing(String key, Position position, YamlScalar scalar) {
    String hint =
        scalar.text().isEmpty()
            ? "give it one, or write \"\" for an empty text"
            : "write it in quotes if the text is meant";
    problems.add(position, "\"%s\" has no value".formatted(key), hint);
  }

  private void joined(String key, YamlMap.Entry entry, YamlList list) {
    List<String> texts = new ArrayList<>();
    for (YamlNode item : list.items()) {
      text(item, "an item of \"%s\"".formatted(key)).ifPresent(texts::add);
    }
    if (list.items().isEmpty()) {
      problems.add(entry.key().position(), "\"%s\" is an empty list".formatted(key));
    }
    put(key, new Given(String.join(",", texts), entry.key().position(), list));
  }

  private void nested(String key, YamlMap.Entry entry, YamlMap map) {
    if (map.entries().isEmpty()) {
      problems.add(entry.key().position(), "\"%s\" is an empty map".formatted(key));
    }
    Keys.reportRepeated(map, problems);
    for (YamlMap.Entry inner : map.distinct()) {
      add(key + "." + inner.name(), inner);
    }
  }

  private void put(String key, Given given) {
    Given before = flat.putIfAbsent(key, given);
    if (before != null) {
      problems.add(
          given.key(),
          "\"%s\" is given twice, first on line %d".formatted(key, before.key().line()));
    }
  }

  private Optional<String> text(YamlNode node, String what) {
    if (node instanceof YamlScalar scalar && !scalar.isNothing()) {
      return Optional.of(scalar.text());
    }
    problems.add(node.position(), what + " has to be a text");
    return Optional.empty();
  }

  private void chain(String key, YamlMap.Entry entry) {
    Set<String> aliases = new LinkedHashSet<>();
    switch (entry.value()) {
      case YamlMap map -> members(key, map, aliases);
      case YamlList list -> list.items().forEach(item -> item(key, item, aliases));
      case YamlScalar scalar -> aliases.add(scalar.text());
    }
    if (!aliases.isEmpty()) {
      put(key, new Given(String.join(",", aliases), entry.key().position(), entry.value()));
    } else if (isEmpty(entry.value())) {
      problems.add(
          entry.key().position(),
          "\"%s\" names none".formatted(key),
          "write for each: - NAME: {type: CLASS}");
    }
  }

  private static boolean isEmpty(YamlNode value) {
    return switch (value) {
      case YamlList list -> list.items().isEmpty();
      case YamlMap map -> map.entries().isEmpty();
      case YamlScalar scalar -> scalar.text().isBlank();
    };
  }

  private void item(String key, YamlNode item, Set<String> aliases) {
    if (item instanceof YamlMap map) {
      if (map.entry("type").isPresent()) {
        problems.add(
            map.position(),
            "an item of \"%s\" has no name".formatted(key),
            "write for each: - NAME: {type: CLASS}");
      } else {
        members(key, map, aliases);
      }
    } else {
      text(item, "an item of \"%s\"".formatted(key)).ifPresent(aliases::add);
    }
  }

  private void members(String key, YamlMap map, Set<String> aliases) {
    for (YamlMap.Entry member : map.entries()) {
      if (!aliases.add(member.name())) {
        problems.add(
            member.key().position(), "\"%s\" is twice in %s".formatted(member.name(), key));
      } else if (member.value() instanceof YamlMap settings) {
        member(key + "." + member.name(), member, settings);
      } else {
        problems.add(
            member.key().position(),
            "\"%s\" in %s is not a map of its keys".formatted(member.name(), key),
            "write for each: - NAME: {type: CLASS}");
      }
    }
  }

  private void member(String prefix, YamlMap.Entry member, YamlMap settings) {
    nested(prefix, member, settings);
    String typeKey = prefix + ".type";
    Given type = flat.get(typeKey);
    if (type != null) {
      if (StockClasses.lacksSide(type.text())) {
        problems.add(
            type.value().position(),
            "\"%s\" works on the key or on the value of a record".formatted(type.text()),
            "write %1$s$Key or %1$s$Value".formatted(type.text()));
      }
      flat.put(typeKey, type.withText(StockClasses.expand(type.text())));
    } else if (settings.entry("type").isEmpty()) {
      problems.add(
          member.key().position(),
          "\"%s\" has no type".formatted(prefix),
          "add type: and the class that does it");
    }
  }
}

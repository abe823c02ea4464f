package dev.millrace.plugins;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Short names of plugin classes (compat: semantics §11). An alias that would mean two classes means
 * none. Immutable once built.
 */
final class Aliases {

  private final Map<String, Set<String>> classesByAlias = new HashMap<>();

  Aliases(Collection<PluginDescriptor> plugins) {
    for (PluginDescriptor plugin : plugins) {
      of(plugin).forEach(alias -> add(alias, plugin.className()));
    }
  }

  private void add(String alias, String className) {
    classesByAlias.computeIfAbsent(alias, a -> new LinkedHashSet<>()).add(className);
  }

  /** The one class an alias stands for. */
  Optional<String> className(String alias) {
    Set<String> classes = classesByAlias.getOrDefault(alias, Set.of());
    return classes.size() == 1 ? Optional.of(classes.iterator().next()) : Optional.empty();
  }

  /** All short names of a plugin: simple, cut, and nested with {@code $}. */
  static Set<String> of(PluginDescriptor plugin) {
    String binary = plugin.className().substring(plugin.className().lastIndexOf('.') + 1);
    String simple = binary.substring(binary.lastIndexOf('$') + 1);
    Set<String> result = new LinkedHashSet<>();
    result.add(simple);
    result.add(cut(simple, plugin.kind().suffix()));
    result.add(binary);
    return result;
  }

  /** The shortest alias, for people to read. */
  static String shortest(PluginDescriptor plugin) {
    return of(plugin).stream()
        .skip(plugin.className().contains("$") ? 2 : 1)
        .findFirst()
        .orElseGet(plugin::className);
  }

  private static String cut(String simple, String suffix) {
    int at = simple.lastIndexOf(suffix);
    return at > 0 ? simple.substring(0, at) : simple;
  }

  /** Whether a connector answers to a name as people write it: {@code jdbc} for JdbcSource. */
  static boolean looselyNamed(PluginDescriptor plugin, String name) {
    String wanted = plain(name);
    String direction = plugin.kind().toString();
    return of(plugin).stream()
        .map(Aliases::plain)
        .anyMatch(alias -> alias.equals(wanted) || alias.equals(wanted + direction));
  }

  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[-_.]", "");
  }
}

package dev.millrace.plugins;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What the names in configurations stand for: classes, aliases, foreign classes. Immutable. */
final class PluginNames {

  private final List<PluginDescriptor> all;
  private final Aliases aliases;
  private final Map<String, String> equivalents = new HashMap<>();

  PluginNames(Collection<PluginRealm> realms) {
    this.all = realms.stream().flatMap(realm -> realm.plugins().stream()).toList();
    realms.forEach(realm -> realm.equivalents().forEach(equivalents::putIfAbsent));
    Set<String> installed =
        all.stream().map(PluginDescriptor::className).collect(Collectors.toSet());
    Set<String> idle =
        equivalents.entrySet().stream()
            .filter(e -> installed.contains(e.getKey()))
            .map(Map.Entry::getValue)
            .collect(Collectors.toSet());
    this.aliases = new Aliases(all.stream().filter(p -> !idle.contains(p.className())).toList());
  }

  /** All places and versions of the plugin that a name stands for; empty when it is unknown. */
  List<PluginDescriptor> find(PluginKind kind, String name) {
    List<PluginDescriptor> found = ofClass(kind, name);
    if (found.isEmpty()) {
      found = aliases.className(name).map(c -> ofClass(kind, c)).orElse(List.of());
    }
    if (found.isEmpty() && equivalents.containsKey(name)) {
      found = ofClass(kind, equivalents.get(name));
    }
    return found;
  }

  private List<PluginDescriptor> ofClass(PluginKind kind, String className) {
    return all.stream().filter(p -> p.kind() == kind && p.className().equals(className)).toList();
  }

  /** Where the plugin classes are that have a loader of their own, by class name and alias. */
  Map<String, DelegatingLoader.Place> places() {
    Map<String, DelegatingLoader.Place> result = new TreeMap<>();
    Map<String, List<PluginDescriptor>> byClass =
        all.stream().collect(Collectors.groupingBy(PluginDescriptor::className));
    byClass.forEach(
        (className, copies) ->
            copies.stream()
                .max(Versions.PREFERENCE)
                .ifPresent(best -> addPlaces(className, best, result)));
    return result;
  }

  private void addPlaces(
      String className, PluginDescriptor best, Map<String, DelegatingLoader.Place> result) {
    if (best.loader() instanceof PluginClassLoader loader && Isolation.childFirst(className)) {
      DelegatingLoader.Place place = new DelegatingLoader.Place(className, loader);
      result.put(className, place);
      Aliases.of(best).stream()
          .filter(alias -> aliases.className(alias).filter(className::equals).isPresent())
          .forEach(alias -> result.put(alias, place));
    }
  }
}

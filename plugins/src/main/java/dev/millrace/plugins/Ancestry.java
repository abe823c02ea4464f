package dev.millrace.plugins;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which classes of a location are plugins, by following superclasses and interfaces in class files,
 * those of the parent included. Nothing is loaded. Used by one scan.
 */
final class Ancestry {

  private final Map<String, ClassHeader> own;
  private final ClassLoader parent;
  private final ClassHeaderReader reader = new ClassHeaderReader();
  private final Map<String, EnumSet<PluginKind>> known = new HashMap<>();

  /**
   * Of a location.
   *
   * @param own its classes
   * @param parent the loader of what its classes may extend beside
   */
  Ancestry(Map<String, ClassHeader> own, ClassLoader parent) {
    this.own = own;
    this.parent = parent;
    Arrays.stream(PluginKind.values())
        .filter(PluginKind::scanned)
        .forEach(k -> known.put(k.type().getName().replace('.', '/'), EnumSet.of(k)));
  }

  /** The names of the concrete classes of a kind, in order. */
  Set<String> concrete(PluginKind kind) {
    Set<String> result = new TreeSet<>();
    for (ClassHeader header : own.values()) {
      if (header.concrete() && kinds(header.name()).contains(kind)) {
        result.add(header.name().replace('/', '.'));
      }
    }
    return result;
  }

  private EnumSet<PluginKind> kinds(String name) {
    EnumSet<PluginKind> result = known.get(name);
    if (result == null) {
      result = EnumSet.noneOf(PluginKind.class);
      known.put(name, result); // ends a circle, which no loadable class has
      Optional<ClassHeader> header = header(name);
      if (header.isPresent()) {
        for (String ancestor : header.get().parents()) {
          result.addAll(kinds(ancestor));
        }
      }
    }
    return result;
  }

  private Optional<ClassHeader> header(String name) {
    ClassHeader header = own.get(name);
    return header != null ? Optional.of(header) : parents(name);
  }

  private Optional<ClassHeader> parents(String name) {
    if (name.startsWith("java/")) return Optional.empty(); // no plugin's ancestor is there
    try (InputStream in = parent.getResourceAsStream(name + ".class")) {
      return in == null ? Optional.empty() : Optional.of(reader.read(in));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}

package dev.millrace.worker.validation;

import dev.millrace.plugins.PluginCatalog;
import dev.millrace.plugins.PluginDescriptor;
import dev.millrace.plugins.PluginException;
import dev.millrace.plugins.PluginKind;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.utils.Utils;

/**
 * The plugins as one connector sees them: those beside it first (compat: connector config §7).
 * Immutable.
 *
 * @param loader finds any of them by name or alias
 */
record Surroundings(PluginCatalog catalog, PluginDescriptor connector, CatalogLoader loader) {

  static Surroundings of(PluginCatalog catalog, PluginDescriptor connector) {
    return new Surroundings(catalog, connector, new CatalogLoader(catalog, connector));
  }

  /** The class names of a kind, sorted, once for each place where a class lies. */
  List<Object> classes(PluginKind kind) {
    return catalog.descriptors(kind).stream()
        .map(PluginDescriptor::className)
        .sorted()
        .map(name -> (Object) name)
        .toList();
  }

  /** The versions in which a class of a kind is installed, the lowest first. */
  List<Object> versions(PluginKind kind, String className) {
    boolean known =
        catalog.descriptors(kind).stream().anyMatch(p -> p.className().equals(className));
    return known
        ? catalog.versions(className).stream().distinct().map(v -> (Object) v).toList()
        : List.of();
  }

  /** The version that is taken when none is asked for. */
  Optional<String> usualVersion(PluginKind kind, String name) {
    return catalog.findBeside(connector, kind, name).map(PluginDescriptor::version);
  }

  /** The class under a key; empty when there is none or it cannot be found. */
  Optional<Class<?>> named(Map<String, String> config, String key) {
    String name = config.get(key);
    return name == null ? Optional.empty() : find(name);
  }

  /** The class of a name or alias. */
  Optional<Class<?>> find(String name) {
    try {
      return Optional.of(Class.forName(loader.loadClass(name.strip()).getName(), true, loader));
    } catch (ClassNotFoundException | LinkageError e) {
      return Optional.empty();
    }
  }

  /**
   * The class in the version that a requirement wants; the given one when it wants none.
   *
   * @throws PluginException when the requirement is malformed or not met
   */
  Class<?> required(PluginKind kind, Class<?> given, String requirement) {
    if (requirement == null) return given;
    requireText(given.getName(), requirement);
    var malformed = catalog.malformed(requirement);
    if (malformed.isPresent()) throw new PluginException(malformed.get());
    try {
      var found = catalog.find(kind, given.getName(), requirement);
      return found.isEmpty() ? given : found.get().loader().loadClass(given.getName());
    } catch (ClassNotFoundException e) {
      throw new ConfigException("Failed to load class " + given.getName() + ": " + e.getMessage());
    }
  }

  /** A blank requirement is met by no version, as in Kafka Connect. */
  void requireText(String className, String requirement) {
    if (requirement.isBlank()) {
      throw new PluginException(
          "Plugin %s not found that matches the version range [,], available versions: %s"
              .formatted(className, catalog.versions(className)));
    }
  }

  /**
   * Makes sure that an instance can be made.
   *
   * @param key what names the class
   * @throws ConfigException when one cannot
   */
  static void requireInstance(String key, Class<?> plugin) {
    try {
      if (plugin.getConstructor().newInstance() instanceof AutoCloseable made) {
        Utils.closeQuietly(made, key);
      }
    } catch (NoSuchMethodException e) {
      throw new ConfigException(
          key,
          plugin.getName(),
          "Could not find a public no-argument constructor for class: " + e.getMessage());
    } catch (ReflectiveOperationException | LinkageError e) {
      throw new ConfigException(key, plugin.getName(), "Could not instantiate class");
    }
  }

  /** A new instance of a plugin class; throws ConfigException when that fails. */
  <T> T instance(Class<?> plugin, Class<T> type) {
    try {
      return type.cast(plugin.getConstructor().newInstance());
    } catch (ReflectiveOperationException | LinkageError e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new ConfigException(
          "Could not create an instance of " + plugin.getName() + ": " + cause);
    }
  }
}

package dev.millrace.plugins;

import java.util.Map;

/**
 * The parent of all plugins' loaders: the worker's classes, and the plugin classes of every
 * location by name or alias, so that a plugin may name another's class (compat: semantics §11).
 * Thread-safe; filled once, when the scan is over.
 */
final class DelegatingLoader extends ClassLoader {

  /** A class and where it is. */
  record Place(String className, PluginClassLoader loader) {}

  static {
    ClassLoader.registerAsParallelCapable();
  }

  private volatile Map<String, Place> places = Map.of();

  DelegatingLoader(ClassLoader parent) {
    super("plugins", parent);
  }

  void fill(Map<String, Place> found) {
    places = Map.copyOf(found);
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    Place place = places.get(name);
    if (place != null) {
      try {
        return place.loader().loadOwn(place.className());
      } catch (ClassNotFoundException e) {
        // its archive has changed since it was scanned: the worker may have the class
      }
    }
    return super.loadClass(name, resolve);
  }
}

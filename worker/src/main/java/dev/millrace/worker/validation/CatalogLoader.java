package dev.millrace.worker.validation;

import dev.millrace.plugins.PluginCatalog;
import dev.millrace.plugins.PluginDescriptor;
import dev.millrace.plugins.PluginKind;
import java.util.List;
import java.util.Optional;

/**
 * Finds classes as configurations name them: what the connector sees, and else any plugin by class
 * name or alias. It is the context loader while values are read, which is where Kafka looks for the
 * class of a key of type CLASS. Thread-safe.
 */
final class CatalogLoader extends ClassLoader {

  private static final List<PluginKind> KINDS =
      List.of(
          PluginKind.CONVERTER,
          PluginKind.HEADER_CONVERTER,
          PluginKind.TRANSFORMATION,
          PluginKind.PREDICATE,
          PluginKind.SOURCE,
          PluginKind.SINK);

  private final PluginCatalog catalog;
  private final PluginDescriptor connector;

  CatalogLoader(PluginCatalog catalog, PluginDescriptor connector) {
    super(connector.loader());
    this.catalog = catalog;
    this.connector = connector;
  }

  /** A plugin whose static initialiser fails is as good as none. */
  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    Class<?> found = super.loadClass(name, resolve);
    if (KINDS.stream().noneMatch(kind -> kind.type().isAssignableFrom(found))) return found;
    try {
      return Class.forName(found.getName(), true, found.getClassLoader());
    } catch (LinkageError e) {
      throw new ClassNotFoundException(name, e);
    }
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    var plugin =
        KINDS.stream()
            .map(kind -> catalog.findBeside(connector, kind, name))
            .flatMap(Optional::stream)
            .findFirst()
            .orElseThrow(() -> new ClassNotFoundException(name));
    return plugin.loader().loadClass(plugin.className());
  }
}

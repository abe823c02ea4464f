package dev.millrace.rest;

import java.util.List;
import java.util.Optional;
import org.apache.kafka.connect.rest.ConnectRestExtension;

/** Finds classes of the extensions, each of which has a loader of its own. Immutable. */
final class ExtensionLoader extends ClassLoader {

  private final List<ClassLoader> loaders;

  ExtensionLoader(List<ConnectRestExtension> extensions) {
    super(ExtensionLoader.class.getClassLoader());
    this.loaders = extensions.stream().map(each -> each.getClass().getClassLoader()).toList();
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    for (var loader : loaders) {
      var found = find(loader, name);
      if (found.isPresent()) return found.get();
    }
    throw new ClassNotFoundException(name);
  }

  private static Optional<Class<?>> find(ClassLoader loader, String name) {
    try {
      return Optional.of(loader.loadClass(name));
    } catch (ClassNotFoundException e) {
      return Optional.empty();
    }
  }
}

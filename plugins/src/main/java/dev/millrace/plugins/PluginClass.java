package dev.millrace.plugins;

import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Optional;
import org.apache.kafka.connect.components.Versioned;

/** Looks at one plugin class. Runs its code only to ask for its version. */
final class PluginClass {

  private PluginClass() {}

  /** Without running its initialisers. */
  @SuppressWarnings("BanClassForName") // class names come from manifests, scans and settings
  static Class<?> load(String className, ClassLoader loader) throws ClassNotFoundException {
    return Class.forName(className, false, loader);
  }

  /** Why a class is no plugin of a kind. */
  static Optional<String> fault(PluginKind kind, Class<?> type) {
    if (!kind.type().isAssignableFrom(type)) {
      return Optional.of("it does not extend " + kind.type().getName());
    }
    if (Modifier.isAbstract(type.getModifiers())) {
      return Optional.of("it is abstract");
    }
    boolean constructible =
        Modifier.isPublic(type.getModifiers())
            && Arrays.stream(type.getConstructors()).anyMatch(c -> c.getParameterCount() == 0);
    return constructible
        ? Optional.empty()
        : Optional.of("it is not public or has no public constructor without parameters");
  }

  /** Fails when the class cannot be instantiated; a failing {@code version()} is tolerated. */
  static String version(Class<?> type, ClassLoader loader) throws ReflectiveOperationException {
    if (!Versioned.class.isAssignableFrom(type)) {
      return PluginDescriptor.UNDEFINED;
    }
    return ContextLoader.call(
        loader,
        () -> {
          Versioned plugin = (Versioned) type.getConstructor().newInstance();
          try {
            return String.valueOf(plugin.version());
          } catch (Exception | LinkageError e) {
            return PluginDescriptor.UNDEFINED;
          }
        });
  }

  static void rethrowIfFatal(Throwable t) {
    if (t instanceof VirtualMachineError e && !(t instanceof StackOverflowError)) {
      throw e;
    }
  }
}

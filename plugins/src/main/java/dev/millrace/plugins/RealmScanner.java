package dev.millrace.plugins;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.ZipFile;
import org.apache.kafka.connect.components.Versioned;

/**
 * Reads the manifests of one location. Instantiates a class only to ask for its version; whatever a
 * class does then, the scan goes on. Used by one scan.
 */
final class RealmScanner {

  private static final String EQUIVALENTS = "META-INF/millrace/equivalents.properties";

  private final List<PluginProblem> problems;

  RealmScanner(List<PluginProblem> problems) {
    this.problems = problems;
  }

  /** The plugins of a location with a loader of its own. */
  PluginRealm isolated(PluginLocations.Location location, ClassLoader parent) {
    String name = location.path().toString();
    location.urls().forEach(url -> checkArchive(name, url));
    PluginClassLoader loader = new PluginClassLoader(name, location.urls(), parent);
    return scan(name, loader, path -> Collections.list(loader.findResources(path)));
  }

  /** The plugins the worker's own class path offers. */
  PluginRealm classPath(ClassLoader loader) {
    return scan(
        PluginDescriptor.CLASS_PATH, loader, path -> Collections.list(loader.getResources(path)));
  }

  private interface Resources {
    List<URL> find(String path) throws IOException;
  }

  private PluginRealm scan(String location, ClassLoader loader, Resources resources) {
    List<PluginDescriptor> plugins = new ArrayList<>();
    for (PluginKind kind : PluginKind.values()) {
      for (String className : manifest(location, kind, resources)) {
        describe(location, loader, kind, className).ifPresent(plugins::add);
      }
    }
    return new PluginRealm(location, loader, plugins, equivalents(location, resources));
  }

  /** A class loader skips a broken archive silently; a person wants to know. */
  private void checkArchive(String location, URL url) {
    Path file;
    try {
      file = Path.of(url.toURI());
    } catch (java.net.URISyntaxException | IllegalArgumentException e) {
      return; // not a file; the loader will tell
    }
    if (Files.isDirectory(file)) {
      return;
    }
    try (ZipFile archive = new ZipFile(file.toFile())) {
      archive.size();
    } catch (IOException e) {
      problem(
          location,
          "The archive '%s' is broken and is skipped: %s. Replace it by a good copy."
              .formatted(file, e.getMessage()));
    }
  }

  private Set<String> manifest(String location, PluginKind kind, Resources resources) {
    Set<String> names = new LinkedHashSet<>();
    String path = "META-INF/services/" + kind.type().getName();
    try {
      for (URL url : resources.find(path)) {
        try (BufferedReader reader =
            new BufferedReader(new InputStreamReader(open(url), StandardCharsets.UTF_8))) {
          reader
              .lines()
              .map(line -> line.replaceFirst("#.*", "").strip())
              .filter(line -> !line.isEmpty())
              .forEach(names::add);
        }
      }
    } catch (IOException | java.io.UncheckedIOException e) {
      problem(location, "The service manifest '%s' cannot be read: %s".formatted(path, e));
    }
    return names;
  }

  /** Without the JVM's cache of archives, which would keep files open for ever. */
  private static InputStream open(URL url) throws IOException {
    URLConnection connection = url.openConnection();
    connection.setUseCaches(false);
    return connection.getInputStream();
  }

  private Map<String, String> equivalents(String location, Resources resources) {
    Map<String, String> result = new TreeMap<>();
    try {
      for (URL url : resources.find(EQUIVALENTS)) {
        Properties properties = new Properties();
        try (InputStream in = open(url)) {
          properties.load(in);
        }
        properties.stringPropertyNames().forEach(k -> result.put(k, properties.getProperty(k)));
      }
    } catch (IOException | IllegalArgumentException e) {
      problem(location, "'%s' cannot be read: %s".formatted(EQUIVALENTS, e));
    }
    return result;
  }

  @SuppressWarnings("BanClassForName") // class names come from manifests
  private Optional<PluginDescriptor> describe(
      String location, ClassLoader loader, PluginKind kind, String className) {
    try {
      Class<?> type = Class.forName(className, false, loader);
      if (isolatedCopyExpected(location) && type.getClassLoader() != loader) {
        return Optional.empty(); // the worker's own copy, which the class path scan reports
      }
      Optional<String> fault = fault(kind, type);
      if (fault.isPresent()) {
        problem(
            location,
            "The class '%s' in '%s' is not usable as a %s: %s. It is skipped."
                .formatted(className, location, kind, fault.get()));
        return Optional.empty();
      }
      return Optional.of(
          new PluginDescriptor(kind, className, version(type, loader), location, loader));
    } catch (Throwable t) { // foreign code: whatever it throws must not end the scan
      rethrowIfFatal(t);
      problem(
          location,
          "The %s '%s' in '%s' cannot be loaded and is skipped: %s. Check that its archives are complete and fit together."
              .formatted(kind, className, location, t));
      return Optional.empty();
    }
  }

  private static boolean isolatedCopyExpected(String location) {
    return !PluginDescriptor.CLASS_PATH.equals(location);
  }

  private static Optional<String> fault(PluginKind kind, Class<?> type)
      throws NoSuchMethodException {
    if (!kind.type().isAssignableFrom(type)) {
      return Optional.of("it does not extend " + kind.type().getName());
    }
    if (Modifier.isAbstract(type.getModifiers())) {
      return Optional.of("it is abstract");
    }
    boolean constructible =
        Modifier.isPublic(type.getModifiers())
            && java.util.Arrays.stream(type.getConstructors())
                .anyMatch(c -> c.getParameterCount() == 0);
    return constructible
        ? Optional.empty()
        : Optional.of("it is not public or has no public constructor without parameters");
  }

  /** Fails when the class cannot be instantiated; a failing {@code version()} is tolerated. */
  private static String version(Class<?> type, ClassLoader loader)
      throws ReflectiveOperationException {
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

  private static void rethrowIfFatal(Throwable t) {
    if (t instanceof VirtualMachineError e && !(t instanceof StackOverflowError)) {
      throw e;
    }
  }

  private void problem(String location, String message) {
    problems.add(new PluginProblem(location, message));
  }
}

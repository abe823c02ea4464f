package dev.millrace.plugins;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Reads a location's service manifests, and our own of equivalents.
 *
 * @param problems gets what cannot be read
 */
record Manifests(RealmScanner.Resources resources, Consumer<String> problems) {

  private static final String EQUIVALENTS = "META-INF/millrace/equivalents.properties";

  /** The classes that manifests name as plugins of a kind. */
  Set<String> names(PluginKind kind) {
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
    } catch (IOException | UncheckedIOException e) {
      problems.accept("The service manifest '%s' cannot be read: %s".formatted(path, e));
    }
    return names;
  }

  /** Foreign class names → classes that stand in for them. */
  Map<String, String> equivalents() {
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
      problems.accept("'%s' cannot be read: %s".formatted(EQUIVALENTS, e));
    }
    return result;
  }

  /** Without the JVM's cache of archives, which would keep files open for ever. */
  static InputStream open(URL url) throws IOException {
    URLConnection connection = url.openConnection();
    connection.setUseCaches(false);
    return connection.getInputStream();
  }
}

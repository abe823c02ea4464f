package dev.millrace.plugins;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** Compiles small plugins for tests. */
final class PluginJars {

  private PluginJars() {}

  /** Compiles sources (class name → text) into a directory and adds resources (path → text). */
  static Path classes(Path dir, Map<String, String> sources, Map<String, String> resources)
      throws IOException {
    Path src = Files.createTempDirectory("plugin-src");
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "-proc:none",
                "-d",
                Files.createDirectories(dir).toString(),
                "-cp",
                System.getProperty("java.class.path")));
    for (var source : sources.entrySet()) {
      Path file = src.resolve(source.getKey().replace('.', '/') + ".java");
      Files.createDirectories(file.getParent());
      arguments.add(Files.writeString(file, source.getValue()).toString());
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    if (!sources.isEmpty()
        && compiler.run(null, null, null, arguments.toArray(String[]::new)) != 0) {
      throw new IllegalStateException("a test plugin does not compile");
    }
    delete(src);
    for (var resource : resources.entrySet()) {
      Path file = dir.resolve(resource.getKey());
      Files.createDirectories(file.getParent());
      Files.writeString(file, resource.getValue());
    }
    return dir;
  }

  /** The same as an archive. */
  static Path jar(Path jar, Map<String, String> sources, Map<String, String> resources)
      throws IOException {
    Path dir = classes(Files.createTempDirectory("plugin-classes"), sources, resources);
    Files.createDirectories(jar.getParent());
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar));
        Stream<Path> files = Files.walk(dir)) {
      files.filter(Files::isRegularFile).forEach(file -> add(zip, dir, file));
    }
    delete(dir);
    return jar;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
    }
  }

  private static void add(ZipOutputStream zip, Path dir, Path file) {
    try {
      zip.putNextEntry(new ZipEntry(dir.relativize(file).toString()));
      OutputStream out = zip;
      Files.copy(file, out);
      zip.closeEntry();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A manifest line's path. */
  static String manifest(PluginKind kind) {
    return "META-INF/services/" + kind.type().getName();
  }

  /** A source connector whose version is what {@code versionExpression} evaluates to. */
  static String source(String packageName, String name, String versionExpression) {
    return """
    package %s;
    public class %s extends org.apache.kafka.connect.source.SourceConnector {
      public String version() { return %s; }
      public void start(java.util.Map<String, String> props) {}
      public Class<? extends org.apache.kafka.connect.connector.Task> taskClass() { return null; }
      public java.util.List<java.util.Map<String, String>> taskConfigs(int max) { return java.util.List.of(); }
      public void stop() {}
      public org.apache.kafka.common.config.ConfigDef config() { return new org.apache.kafka.common.config.ConfigDef(); }
    }
    """
        .formatted(packageName, name, versionExpression);
  }
}

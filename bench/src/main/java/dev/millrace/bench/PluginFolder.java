package dev.millrace.bench;

import dev.millrace.bench.plugin.CountingSink;
import dev.millrace.bench.plugin.HangingDefinition;
import dev.millrace.bench.plugin.IdleSource;
import dev.millrace.bench.plugin.NotingSource;
import dev.millrace.bench.plugin.RecordSource;
import dev.millrace.bench.plugin.TimedSink;
import dev.millrace.bench.plugin.TimedSource;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;

/** Packs the measurements' own plugins, all classes of their module, into a plugin path. */
final class PluginFolder {

  private static final List<Class<?>> SOURCES =
      List.of(
          HangingDefinition.class,
          IdleSource.class,
          NotingSource.class,
          RecordSource.class,
          TimedSource.class);
  private static final List<Class<?>> SINKS = List.of(CountingSink.class, TimedSink.class);
  private static final String MANIFESTS = "META-INF/services/org.apache.kafka.connect.";

  private PluginFolder() {}

  /** Makes {@code plugins/bench/bench-plugins.jar} in a folder; the plugin path is returned. */
  static Path in(Path folder) throws IOException {
    Path path = folder.resolve("plugins");
    Path jar = Files.createDirectories(path.resolve("bench")).resolve("bench-plugins.jar");
    try (var out = new JarOutputStream(Files.newOutputStream(jar))) {
      Path compiled = compiled();
      if (Files.isDirectory(compiled)) {
        classes(compiled, out);
      } else {
        try (FileSystem inside = FileSystems.newFileSystem(compiled)) {
          classes(inside.getPath("/"), out);
        }
      }
      manifest(out, "source.SourceConnector", SOURCES);
      manifest(out, "sink.SinkConnector", SINKS);
    }
    return path;
  }

  private static void classes(Path root, JarOutputStream out) throws IOException {
    String prefix = IdleSource.class.getPackageName().replace('.', '/') + "/";
    try (DirectoryStream<Path> classes =
        Files.newDirectoryStream(root.resolve(prefix), "*.class")) {
      for (Path file : classes) {
        out.putNextEntry(new JarEntry(prefix + file.getFileName()));
        Files.copy(file, out);
      }
    }
  }

  private static void manifest(JarOutputStream out, String kind, List<Class<?>> classes)
      throws IOException {
    out.putNextEntry(new JarEntry(MANIFESTS + kind));
    String names = classes.stream().map(Class::getName).collect(Collectors.joining("\n"));
    out.write(names.getBytes(StandardCharsets.UTF_8));
  }

  /** The module of the plugins: its jar, or its folder of classes where it was not packed. */
  private static Path compiled() throws IOException {
    try {
      return Path.of(IdleSource.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
  }
}

package dev.millrace.bench;

import dev.millrace.bench.plugin.HangingDefinition;
import dev.millrace.bench.plugin.IdleSource;
import dev.millrace.bench.plugin.NotingSource;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;

/** Packs the measurements' own plugins, all classes of their package, into a plugin path. */
final class PluginFolder {

  private static final List<Class<?>> SOURCES =
      List.of(IdleSource.class, NotingSource.class, HangingDefinition.class);
  private static final String MANIFEST =
      "META-INF/services/org.apache.kafka.connect.source.SourceConnector";

  private PluginFolder() {}

  /** Makes {@code plugins/bench/bench-plugins.jar} in a folder; the plugin path is returned. */
  static Path in(Path folder) throws IOException {
    Path path = folder.resolve("plugins");
    Path jar = Files.createDirectories(path.resolve("bench")).resolve("bench-plugins.jar");
    try (var out = new JarOutputStream(Files.newOutputStream(jar));
        DirectoryStream<Path> classes = Files.newDirectoryStream(compiled(), "*.class")) {
      String prefix = IdleSource.class.getPackageName().replace('.', '/') + "/";
      for (Path file : classes) {
        out.putNextEntry(new JarEntry(prefix + file.getFileName()));
        Files.copy(file, out);
      }
      out.putNextEntry(new JarEntry(MANIFEST));
      out.write(names(SOURCES).getBytes(StandardCharsets.UTF_8));
    }
    return path;
  }

  private static Path compiled() throws IOException {
    try {
      return Path.of(IdleSource.class.getResource(".").toURI());
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
  }

  private static String names(List<Class<?>> classes) {
    return classes.stream().map(Class::getName).collect(Collectors.joining("\n"));
  }
}

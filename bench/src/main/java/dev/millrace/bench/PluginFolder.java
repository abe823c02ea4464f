package dev.millrace.bench;

import dev.millrace.bench.plugin.IdleSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/** Packs the measurements' own plugins into a plugin path. */
final class PluginFolder {

  private static final List<Class<?>> CLASSES =
      List.of(IdleSource.class, IdleSource.IdleTask.class);
  private static final String MANIFEST =
      "META-INF/services/org.apache.kafka.connect.source.SourceConnector";

  private PluginFolder() {}

  /** Makes {@code plugins/bench/bench-plugins.jar} in a folder; the plugin path is returned. */
  static Path in(Path folder) throws IOException {
    Path path = folder.resolve("plugins");
    Path jar = Files.createDirectories(path.resolve("bench")).resolve("bench-plugins.jar");
    try (var out = new JarOutputStream(Files.newOutputStream(jar))) {
      for (Class<?> type : CLASSES) {
        String name = type.getName().replace('.', '/') + ".class";
        out.putNextEntry(new JarEntry(name));
        try (InputStream in = PluginFolder.class.getResourceAsStream("/" + name)) {
          in.transferTo(out);
        }
      }
      out.putNextEntry(new JarEntry(MANIFEST));
      out.write(IdleSource.class.getName().getBytes(StandardCharsets.UTF_8));
    }
    return path;
  }
}

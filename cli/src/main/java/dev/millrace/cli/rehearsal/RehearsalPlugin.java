package dev.millrace.cli.rehearsal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.apache.kafka.connect.source.SourceConnector;

/** The archive that {@link RehearsalSource} is a plugin by, for the time of a rehearsal. */
public final class RehearsalPlugin {
  private static final List<Class<?>> CLASSES =
      List.of(RehearsalSource.class, RehearsalSource.Idle.class);

  private RehearsalPlugin() {}

  /** Writes it into a folder of this folder; the plugin path is returned. */
  public static Path in(Path folder) throws IOException {
    Path path = folder.resolve("plugins");
    Path archive = Files.createDirectories(path.resolve("rehearsal")).resolve("rehearsal.jar");
    try (var out = new JarOutputStream(Files.newOutputStream(archive))) {
      for (Class<?> each : CLASSES) {
        String name = each.getName().replace('.', '/') + ".class";
        out.putNextEntry(new JarEntry(name));
        try (InputStream in = each.getClassLoader().getResourceAsStream(name)) {
          in.transferTo(out);
        }
      }
      out.putNextEntry(new JarEntry("META-INF/services/" + SourceConnector.class.getName()));
      out.write(RehearsalSource.class.getName().getBytes(StandardCharsets.UTF_8));
    }
    return path;
  }
}

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

/** The source of a rehearsal, which is a plugin only for the time of it. */
public final class RehearsalPlugin {
  /** The connector's class. */
  static final String CONNECTOR = "dev.millrace.rehearsal.RehearsalSource";

  private static final String COMPILED = "/META-INF/rehearsal/";

  private RehearsalPlugin() {}

  /** Writes its archive into a folder of this folder; the plugin path is returned. */
  public static Path in(Path folder) throws IOException {
    Path path = folder.resolve("plugins");
    Path archive = Files.createDirectories(path.resolve("rehearsal")).resolve("rehearsal.jar");
    try (var out = new JarOutputStream(Files.newOutputStream(archive))) {
      for (String each : List.of(CONNECTOR, CONNECTOR + "$Idle")) {
        String name = each.replace('.', '/') + ".class";
        out.putNextEntry(new JarEntry(name));
        try (InputStream in = RehearsalPlugin.class.getResourceAsStream(COMPILED + name)) {
          in.transferTo(out);
        }
      }
      out.putNextEntry(new JarEntry("META-INF/services/" + SourceConnector.class.getName()));
      out.write(CONNECTOR.getBytes(StandardCharsets.UTF_8));
    }
    return path;
  }
}

package dev.millrace.reference;

import dev.millrace.reference.plugins.Broken;
import dev.millrace.reference.plugins.CheckedSink;
import dev.millrace.reference.plugins.CheckedSource;
import dev.millrace.reference.plugins.MaskedTransform;
import dev.millrace.reference.plugins.RedefiningSink;
import dev.millrace.reference.plugins.StrictConverter;
import dev.millrace.reference.plugins.StrictHeaderConverter;
import dev.millrace.reference.plugins.StrictPredicate;
import dev.millrace.reference.plugins.StrictTransform;
import dev.millrace.reference.plugins.UndefinedConverter;
import dev.millrace.reference.plugins.UndefinedSource;
import dev.millrace.reference.plugins.UndefinedTransform;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Puts the plugins of the package {@code plugins} into archives, as an installation has them. */
final class PluginArchives {

  private static final Map<String, List<Class<?>>> SERVICES =
      Map.of(
          "org.apache.kafka.connect.source.SourceConnector",
          List.of(CheckedSource.class, UndefinedSource.class),
          "org.apache.kafka.connect.sink.SinkConnector",
          List.of(CheckedSink.class, RedefiningSink.class),
          "org.apache.kafka.connect.storage.Converter",
          Stream.concat(
                  Stream.of(StrictConverter.class, UndefinedConverter.class),
                  Broken.converters().stream())
              .toList(),
          "org.apache.kafka.connect.storage.HeaderConverter",
          List.of(StrictHeaderConverter.class),
          "org.apache.kafka.connect.transforms.Transformation",
          List.of(
              StrictTransform.class,
              UndefinedTransform.class,
              MaskedTransform.class,
              Broken.SilentTransform.class),
          "org.apache.kafka.connect.transforms.predicates.Predicate",
          List.of(StrictPredicate.class));

  private PluginArchives() {}

  /** Writes {@code folder/checked-VERSION/checked.jar}; the folder is for {@code plugin.path}. */
  static void write(Path folder, String version) throws IOException {
    var location = Files.createDirectories(folder.resolve("checked-" + version));
    try (var jar = new JarOutputStream(Files.newOutputStream(location.resolve("checked.jar")))) {
      for (Path file : classes()) {
        add(jar, "dev/millrace/reference/plugins/" + file.getFileName(), Files.readAllBytes(file));
      }
      for (var service : SERVICES.entrySet()) {
        var names = service.getValue().stream().map(Class::getName);
        add(jar, "META-INF/services/" + service.getKey(), bytes(names));
      }
      add(jar, "reference-version.txt", bytes(Stream.of(version)));
    }
  }

  private static List<Path> classes() throws IOException {
    var folder = Path.of("target/test-classes/dev/millrace/reference/plugins");
    try (var files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".class")).toList();
    }
  }

  private static byte[] bytes(Stream<String> lines) {
    return lines.collect(Collectors.joining("\n")).getBytes(StandardCharsets.UTF_8);
  }

  private static void add(JarOutputStream jar, String name, byte[] content) throws IOException {
    jar.putNextEntry(new JarEntry(name));
    jar.write(content);
    jar.closeEntry();
  }
}

package dev.millrace.rest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.source.SourceConnector;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;

/**
 * A source with as many tasks as {@code tasks} says, each of which writes one record and then has
 * none. {@code start} says how the connector starts: {@code fails}, or {@code hangs} until it is
 * interrupted or stopped.
 */
public final class IdleSource extends SourceConnector {

  private Map<String, String> settings = Map.of();
  private volatile boolean stopped;

  /** A folder for {@code plugin.path} with this class in an archive. */
  static Path folder(Path parent) {
    try {
      var folder = Files.createDirectories(parent.resolve("plugins/idle"));
      try (var jar = new JarOutputStream(Files.newOutputStream(folder.resolve("idle.jar")))) {
        jar.putNextEntry(new JarEntry("META-INF/services/" + SourceConnector.class.getName()));
        jar.write(IdleSource.class.getName().getBytes(StandardCharsets.UTF_8));
        for (Class<?> type : List.of(IdleSource.class, Idle.class)) {
          var path = type.getName().replace('.', '/') + ".class";
          jar.putNextEntry(new JarEntry(path));
          try (InputStream in = IdleSource.class.getClassLoader().getResourceAsStream(path)) {
            in.transferTo(jar);
          }
        }
      }
      return folder.getParent();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String version() {
    return "1";
  }

  @Override
  public void start(Map<String, String> given) {
    settings = given;
    switch (given.getOrDefault("start", "works")) {
      case "fails" -> throw new IllegalStateException("asked to fail");
      case "hangs" -> {
        while (!stopped) java.util.concurrent.locks.LockSupport.parkNanos(10_000_000);
      }
      default -> {}
    }
  }

  @Override
  public Class<? extends Task> taskClass() {
    return Idle.class;
  }

  @Override
  public List<Map<String, String>> taskConfigs(int most) {
    int tasks = Integer.parseInt(settings.getOrDefault("tasks", "0"));
    return IntStream.range(0, tasks).mapToObj(n -> settings).collect(Collectors.toList());
  }

  @Override
  public void stop() {
    stopped = true;
  }

  @Override
  public ConfigDef config() {
    return new ConfigDef();
  }

  /** Writes one record. */
  public static final class Idle extends SourceTask {
    private String topic;
    private boolean written;

    @Override
    public String version() {
      return "1";
    }

    @Override
    public void start(Map<String, String> settings) {
      topic = settings.get("topic");
    }

    @Override
    public List<SourceRecord> poll() {
      if (written) {
        java.util.concurrent.locks.LockSupport.parkNanos(10_000_000);
        return null;
      }
      written = true;
      return List.of(
          new SourceRecord(
              Map.of("of", "idle"), Map.of("at", 1L), topic, Schema.STRING_SCHEMA, "one"));
    }

    @Override
    public void stop() {}
  }
}

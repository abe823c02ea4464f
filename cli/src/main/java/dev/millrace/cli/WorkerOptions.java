package dev.millrace.cli;

import dev.millrace.worker.WorkerSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** The options about plugins and the worker, and what they make of it. Filled in by picocli. */
final class WorkerOptions {

  @Option(
      names = "--plugin-path",
      paramLabel = "DIR",
      split = ",",
      description = "More folders of Kafka Connect plugins, as in plugin.path.")
  private List<Path> pluginPath = new ArrayList<>();

  @Option(
      names = "--worker-config",
      paramLabel = "FILE",
      description = "A worker properties file of Kafka Connect, for instance for security.")
  private Path workerConfig;

  @Option(
      names = "--config",
      paramLabel = "KEY=VALUE",
      description = "One setting of the worker; wins over the file.")
  private Map<String, String> config = new LinkedHashMap<>();

  /** Kafka as the worker's properties name it. */
  Optional<String> bootstrapServers() {
    return Optional.ofNullable(given().get(WorkerSettings.BOOTSTRAP_SERVERS));
  }

  /** Whether the user says where REST listens. */
  boolean setsListeners() {
    return given().containsKey(WorkerSettings.LISTENERS);
  }

  /**
   * The worker's properties: Millrace's defaults, then the file, then single settings.
   *
   * @param bootstrapServers the Kafka to use
   */
  Map<String, String> properties(Outside outside, Path dataDir, String bootstrapServers) {
    Map<String, String> properties = new HashMap<>(defaults());
    properties.putAll(given());
    properties.put(WorkerSettings.BOOTSTRAP_SERVERS, bootstrapServers);
    properties.put(WorkerSettings.DATA_DIR, dataDir.toAbsolutePath().toString());
    properties.put(WorkerSettings.PLUGIN_PATH, plugins(outside, dataDir, properties));
    return properties;
  }

  private static Map<String, String> defaults() {
    return Map.of(
        WorkerSettings.EXACTLY_ONCE,
        "enabled",
        WorkerSettings.FLUSH_INTERVAL,
        "5000",
        "consumer.session.timeout.ms",
        "10000",
        "consumer.heartbeat.interval.ms",
        "3000",
        "consumer.isolation.level",
        "read_committed");
  }

  private String plugins(Outside outside, Path dataDir, Map<String, String> properties) {
    List<String> folders = new ArrayList<>();
    outside.pluginPath(dataDir, pluginPath).forEach(folder -> folders.add(folder.toString()));
    String configured = properties.getOrDefault(WorkerSettings.PLUGIN_PATH, "");
    if (!configured.isBlank()) {
      folders.add(configured);
    }
    return folders.stream().collect(Collectors.joining(","));
  }

  private Map<String, String> given() {
    Map<String, String> given = new HashMap<>();
    if (workerConfig != null) {
      given.putAll(PropertyFile.read(workerConfig).values());
    }
    given.putAll(config);
    return given;
  }
}

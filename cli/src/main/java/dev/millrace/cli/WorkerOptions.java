package dev.millrace.cli;

import dev.millrace.worker.WorkerSettings;
import dev.millrace.worker.keys.WorkerMode;
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

  /** What a worker shares with its group, or a standalone one has for itself. */
  private static final List<String> NOT_ALONE =
      List.of(WorkerSettings.GROUP_ID, "config.storage.", "offset.storage.", "status.storage.");

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
   * The settings of a worker that is alone, whatever the file is for.
   *
   * @param bootstrapServers the Kafka to use
   */
  WorkerSettings settings(Outside outside, Path dataDir, String bootstrapServers) {
    return WorkerSettings.of(properties(outside, dataDir, bootstrapServers), WorkerMode.ALONE);
  }

  /** That some of the file is not used, since it is for a worker that is not alone. */
  Optional<String> remark() {
    List<String> left = leftOut(file());
    return left.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "This worker runs alone: %s of %s are not used."
                .formatted(String.join(", ", left), workerConfig));
  }

  private static List<String> leftOut(Map<String, String> file) {
    return WorkerMode.of(file) == WorkerMode.ALONE
        ? List.of()
        : file.keySet().stream()
            .filter(key -> NOT_ALONE.stream().anyMatch(key::startsWith))
            .sorted()
            .toList();
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
    Map<String, String> given = new HashMap<>(file());
    given.keySet().removeAll(leftOut(given));
    given.putAll(config);
    return given;
  }

  private Map<String, String> file() {
    return workerConfig == null ? Map.of() : PropertyFile.read(workerConfig).values();
  }
}

package dev.millrace.cli;

import dev.millrace.worker.WorkerSettings;
import dev.millrace.worker.keys.SettingsException;
import dev.millrace.worker.keys.WorkerMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigException;

/** A worker's properties file of Kafka Connect, and what the distribution adds to it. Immutable. */
record WorkerFile(PropertyFile file, WorkerMode mode) {

  /**
   * Reads a file.
   *
   * @throws CommandFailure when it cannot be read
   */
  static WorkerFile read(Path path, WorkerMode mode) {
    return new WorkerFile(PropertyFile.read(path), mode);
  }

  /**
   * The worker's settings: the file's, and the folders of the built-in and installed plugins.
   *
   * @throws CommandFailure naming every mistake with its line
   */
  WorkerSettings settings(Outside outside) {
    var properties = new HashMap<>(file.values());
    properties.put(WorkerSettings.PLUGIN_PATH, pluginPath(outside));
    try {
      return WorkerSettings.of(properties, mode);
    } catch (ConfigException e) {
      throw wrong(e);
    }
  }

  private String pluginPath(Outside outside) {
    List<String> folders = new ArrayList<>();
    String configured = file.values().getOrDefault(WorkerSettings.PLUGIN_PATH, "");
    if (!configured.isBlank()) folders.add(configured);
    outside
        .pluginPath(outside.defaultDataDir(), List.of())
        .forEach(folder -> folders.add(folder.toString()));
    return String.join(",", folders);
  }

  /** The failure that names each mistake with its place. */
  CommandFailure wrong(ConfigException e) {
    if (!(e instanceof SettingsException all)) {
      return new CommandFailure(file.path() + ": " + e.getMessage(), e);
    }
    String lines =
        all.problems().stream()
            .map(problem -> file.place(problem.key()) + ": " + problem.message())
            .sorted()
            .collect(Collectors.joining("\n"));
    return new CommandFailure(
        "%s has %d mistake%s\n%s"
            .formatted(
                file.path(), all.problems().size(), all.problems().size() == 1 ? "" : "s", lines),
        e);
  }

  /** Lines whose values are replaced further below. */
  List<String> repetitions() {
    Map<Integer, String> repeated = file.repeated();
    return repeated.keySet().stream()
        .sorted()
        .map(
            line ->
                "%s:%d: the value of %s is replaced by that of line %d"
                    .formatted(
                        file.path(),
                        line,
                        repeated.get(line),
                        file.lines().get(repeated.get(line))))
        .toList();
  }
}

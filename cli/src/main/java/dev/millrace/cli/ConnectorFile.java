package dev.millrace.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.model.TargetState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A connector's configuration in a file: a flat JSON object, JSON with {@code name}, {@code config}
 * and {@code initial_state}, or a properties file (compat: worker config §13). Immutable.
 *
 * @param name of the connector, also in its configuration
 */
record ConnectorFile(Path path, String name, Map<String, String> config, TargetState target) {

  private static final String NAME = "name";
  private static final String CONFIG = "config";
  private static final String STATE = "initial_state";

  /**
   * Reads a file.
   *
   * @throws CommandFailure when it has none of these forms; says what is missing
   */
  static ConnectorFile read(Path path) {
    byte[] content = bytes(path);
    Optional<JsonNode> json = Json.read(content).filter(JsonNode::isObject);
    if (json.isPresent()) return of(path, json.get());
    if (new String(content, java.nio.charset.StandardCharsets.UTF_8)
        .stripLeading()
        .startsWith("{")) {
      throw failure(path, "it begins like JSON but is not valid JSON; correct it");
    }
    return of(path, PropertyFile.read(path).values(), TargetState.STARTED);
  }

  private static byte[] bytes(Path path) {
    try {
      return Files.readAllBytes(path);
    } catch (NoSuchFileException e) {
      throw new CommandFailure("The file %s does not exist.".formatted(path), e);
    } catch (IOException e) {
      throw new CommandFailure("The file %s cannot be read: %s".formatted(path, e), e);
    }
  }

  private static ConnectorFile of(Path path, JsonNode json) {
    if (!json.path(CONFIG).isObject()) {
      return of(path, flat(path, json), TargetState.STARTED);
    }
    var config = flat(path, json.get(CONFIG));
    String name = json.path(NAME).asText("");
    String inside = config.getOrDefault(NAME, name);
    if (!inside.equals(name)) {
      throw failure(
          path, "it says \"%s\", but its config says \"%s\"; say the same".formatted(name, inside));
    }
    config.put(NAME, name);
    return of(path, config, target(path, json.path(STATE)));
  }

  private static Map<String, String> flat(Path path, JsonNode json) {
    var config = new TreeMap<String, String>();
    json.properties()
        .forEach(
            field -> {
              if (field.getValue().isContainerNode()) {
                throw failure(
                    path,
                    "the value of \"%s\" is no text; write it as one".formatted(field.getKey()));
              }
              if (!field.getValue().isNull()) {
                config.put(field.getKey(), field.getValue().asText());
              }
            });
    return config;
  }

  private static TargetState target(Path path, JsonNode state) {
    if (state.isMissingNode() || state.isNull()) return TargetState.STARTED;
    return switch (state.asText().toUpperCase(Locale.ROOT)) {
      case "RUNNING" -> TargetState.STARTED;
      case "PAUSED" -> TargetState.PAUSED;
      case "STOPPED" -> TargetState.STOPPED;
      default ->
          throw failure(
              path,
              "initial_state is \"%s\"; it is RUNNING, PAUSED or STOPPED"
                  .formatted(state.asText()));
    };
  }

  private static ConnectorFile of(Path path, Map<String, String> config, TargetState target) {
    String name = config.getOrDefault(NAME, "").strip();
    if (name.isEmpty()) throw failure(path, "it names no connector; set \"name\"");
    var own = new TreeMap<>(config);
    own.put(NAME, name);
    return new ConnectorFile(path, name, own, target);
  }

  private static CommandFailure failure(Path path, String what) {
    return new CommandFailure("%s is no connector: %s.".formatted(path, what));
  }
}

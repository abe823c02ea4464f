package dev.millrace.worker.validation;

import dev.millrace.plugins.PluginException;
import dev.millrace.plugins.PluginKind;
import dev.millrace.worker.validation.FrameworkKeys.Content;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.common.config.ConfigException;

/**
 * Keys of a connector that name plugins and their versions: the connector's version and the
 * converters (compat: connector config §1, §7). For one configuration; not thread-safe.
 */
final class PluginKeys {

  private static final String VERSION = ".plugin.version";

  private final Surroundings plugins;
  private final WorkerView worker;
  private final Map<String, String> config;
  private boolean defined; // Kafka checks defaults, too, while keys are being defined

  PluginKeys(Surroundings plugins, WorkerView worker, Map<String, String> config) {
    this.plugins = plugins;
    this.worker = worker;
    this.config = config;
  }

  /** {@code connector.plugin.version}. */
  ConfigDef version() {
    var keys = new ConfigDef();
    var connector = plugins.connector();
    var newest = plugins.catalog().find(connector.kind(), connector.className()).orElse(connector);
    FrameworkKeys.define(
        keys,
        FrameworkKeys.VERSION,
        FrameworkKeys.of(ConfigDef.Type.STRING, newest.version()),
        Importance.MEDIUM,
        FrameworkKeys.at(FrameworkKeys.COMMON, 3, Width.MEDIUM, "Connector version"),
        "Version of the connector, or a range such as [1.0,2.0); without it the latest.",
        new Recommendation(
            parsed -> plugins.versions(connector.kind(), connector.className()), parsed -> true));
    return keys;
  }

  /** The three converters and their versions. */
  ConfigDef converters() {
    var keys = new ConfigDef();
    converter(keys, "key", "Key", PluginKind.CONVERTER, 6);
    converter(keys, "value", "Value", PluginKind.CONVERTER, 8);
    converter(keys, "header", "Header", PluginKind.HEADER_CONVERTER, 10);
    defined = true;
    return keys;
  }

  private void converter(ConfigDef keys, String what, String label, PluginKind kind, int order) {
    String key = what + ".converter";
    FrameworkKeys.define(
        keys,
        key,
        new Content(
            ConfigDef.Type.CLASS,
            plugins.named(worker.converters(), key).orElse(null),
            classRule(key, kind)),
        Importance.LOW,
        FrameworkKeys.at(FrameworkKeys.COMMON, order, Width.SHORT, label + " converter class"),
        "Converter of each record's %s; without it the worker's.".formatted(what),
        new Recommendation(parsed -> plugins.classes(kind), parsed -> true));
    FrameworkKeys.define(
        keys,
        key + VERSION,
        new Content(
            ConfigDef.Type.STRING, usualVersion(key, kind).orElse(null), versionRule(key, kind)),
        Importance.LOW,
        FrameworkKeys.at(
            FrameworkKeys.COMMON, order + 1, Width.SHORT, label + " converter version"),
        "Version of that converter, or a range; without it the one beside the connector, else the"
            + " latest.",
        new Recommendation(
            parsed ->
                parsed.get(key) instanceof Class<?> present
                    ? plugins.versions(kind, present.getName())
                    : List.of(),
            parsed -> parsed.get(key) != null));
  }

  private Optional<String> usualVersion(String key, PluginKind kind) {
    String name = config.get(key) == null ? worker.converters().get(key) : config.get(key);
    return Optional.ofNullable(name).flatMap(given -> plugins.usualVersion(kind, given));
  }

  /** A malformed version is a problem of the version alone. */
  private ConfigDef.Validator classRule(String key, PluginKind kind) {
    return (name, value) -> {
      if (!defined || !(value instanceof Class<?> given)) return;
      ClassRule.check(kind.type(), given);
      if (config.get(key) == null) return; // the worker's was checked when the worker started
      String version = config.get(key + VERSION);
      if (version != null && plugins.catalog().malformed(version).isPresent()) return;
      try {
        Surroundings.requireInstance(key, plugins.required(kind, given, version));
      } catch (PluginException e) {
        throw new ConfigException(e.getMessage());
      }
    };
  }

  private ConfigDef.Validator versionRule(String key, PluginKind kind) {
    return (name, value) -> {
      String version = config.get(key + VERSION);
      if (!defined || version == null) return;
      plugins
          .catalog()
          .malformed(version)
          .ifPresent(
              text -> {
                throw new ConfigException(text);
              });
      plugins
          .named(config, key)
          .filter(kind.type()::isAssignableFrom)
          .ifPresent(given -> requireVersion(plugins, kind, given, version));
    };
  }

  static void requireVersion(
      Surroundings plugins, PluginKind kind, Class<?> given, String version) {
    try {
      plugins.required(kind, given, version);
    } catch (PluginException e) {
      throw new ConfigException(e.getMessage());
    }
  }

  /** Recommended values, and whether a form shows the key, by the values of all keys. */
  record Recommendation(
      Function<Map<String, Object>, List<Object>> values,
      Function<Map<String, Object>, Boolean> shown)
      implements ConfigDef.Recommender {
    @Override
    public List<Object> validValues(String name, Map<String, Object> parsed) {
      return values.apply(parsed);
    }

    @Override
    public boolean visible(String name, Map<String, Object> parsed) {
      return shown.apply(parsed);
    }
  }
}

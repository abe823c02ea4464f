package dev.millrace.worker.validation;

import dev.millrace.plugins.PluginCatalog;
import dev.millrace.plugins.PluginDescriptor;
import dev.millrace.plugins.PluginException;
import dev.millrace.plugins.PluginKind;
import dev.millrace.worker.preflight.ClientOverrides;
import dev.millrace.worker.preflight.ExactlyOncePreflight;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.connector.Connector;
import org.apache.kafka.connect.health.ConnectorType;
import org.apache.kafka.connect.source.SourceConnector;

/**
 * The check of a configuration, step by step (compat: connector config §8). Thread-safe; calls
 * plugin code on the calling thread, whose context loader it changes.
 */
final class ConnectorCheck {

  private static final String NULL = "Null value can not be supplied as the configuration value.";

  private final PluginCatalog catalog;
  private final WorkerView worker;
  private final ClientOverrides overrides;

  ConnectorCheck(PluginCatalog catalog, WorkerView worker, ClientOverrides overrides) {
    this.overrides = overrides;
    this.catalog = catalog;
    this.worker = worker;
  }

  /**
   * Checks it; what is answered, or thrown, may have values of placeholders in it.
   *
   * @param raw as the user gave it
   * @param resolved the same with placeholders filled in, without null values
   * @param progress told what is being done
   */
  Validation check(Map<String, String> raw, Map<String, String> resolved, Progress progress) {
    var config = withNulls(raw, resolved);
    var newest = plugin(raw, config);
    String version = config.get(FrameworkKeys.VERSION);
    if (version != null) {
      catalog
          .malformed(version)
          .ifPresent(
              text -> {
                throw ValidationException.badRequest(text);
              });
    }
    try {
      if (version != null) {
        Surroundings.of(catalog, newest).requireText(newest.className(), version);
      }
      var required =
          version == null
              ? newest
              : catalog.find(newest.kind(), newest.className(), version).orElse(newest);
      return inContext(required, config, progress, Optional.empty());
    } catch (PluginException e) {
      return inContext(newest, config, progress, Optional.of(e.getMessage()));
    }
  }

  /** Null values, which no provider sees, are still there. */
  private static Map<String, String> withNulls(
      Map<String, String> raw, Map<String, String> resolved) {
    var config = new HashMap<>(resolved);
    raw.forEach(
        (key, value) -> {
          if (value == null) config.put(key, null);
        });
    return config;
  }

  private PluginDescriptor plugin(Map<String, String> raw, Map<String, String> config) {
    String name = config.get(FrameworkKeys.CLASS);
    if (name == null) {
      throw ValidationException.badRequest(
          "Connector config " + shown(raw) + " contains no connector type");
    }
    try {
      return catalog.connector(name);
    } catch (PluginException e) {
      throw new ValidationException(
          ValidationException.Kind.BAD_REQUEST,
          "Failed to find any class that implements Connector and which name matches "
              + name
              + ", available connectors are: "
              + connectors(),
          e);
    }
  }

  /** The message shows the name only: other values may be secrets. */
  private static Map<String, String> shown(Map<String, String> raw) {
    var name = raw.get(FrameworkKeys.NAME);
    return name == null ? Map.of() : Map.of(FrameworkKeys.NAME, name);
  }

  private String connectors() {
    return Stream.of(PluginKind.SOURCE, PluginKind.SINK)
        .flatMap(kind -> catalog.descriptors(kind).stream())
        .map(PluginDescriptor::className)
        .distinct()
        .sorted()
        .collect(Collectors.joining(", "));
  }

  /**
   * The thread is the validation's own, so its context loader need not be put back.
   *
   * @param problem why the plugin is not there in the version wanted; empty when it is
   */
  private Validation inContext(
      PluginDescriptor plugin,
      Map<String, String> config,
      Progress progress,
      Optional<String> problem) {
    var plugins = Surroundings.of(catalog, plugin);
    Thread.currentThread().setContextClassLoader(plugins.loader());
    var pluginKeys = new PluginKeys(plugins, worker, config);
    var common = FrameworkKeys.common(pluginKeys.version(), pluginKeys.converters());
    return problem.isEmpty()
        ? whole(plugins, common, config, progress)
        : withoutPlugin(common, config, problem.get());
  }

  /**
   * Only the common keys can be checked when the plugin is not there in the version wanted. What
   * other keys it would know nobody can tell, so all that are given count as known.
   */
  private static Validation withoutPlugin(
      ConfigDef common, Map<String, String> config, String problem) {
    var values = new Values(common.validateAll(config));
    for (String key : List.of(FrameworkKeys.CLASS, FrameworkKeys.VERSION)) {
      values.error(key, config.get(key), problem);
    }
    addNulls(config, values);
    var groups = new LinkedHashSet<>(common.groups());
    var part = Part.ofConnector(common.configKeys(), values.all(), groups);
    var known = new HashSet<>(common.names());
    known.addAll(config.keySet());
    return Part.merged(List.of(part), known);
  }

  private Validation whole(
      Surroundings plugins, ConfigDef keys, Map<String, String> config, Progress progress) {
    var kind = plugins.connector().kind();
    progress.is("instantiating the connector for validation");
    var connector = catalog.newInstance(plugins.connector(), Connector.class);
    var framework =
        kind == PluginKind.SOURCE ? FrameworkKeys.withSource(keys) : FrameworkKeys.withSink(keys);
    progress.is("configuring transformations and predicates for validation");
    new ChainKeys(plugins, config).addTo(framework);
    var values = new Values(framework.validateAll(config));
    progress.is(
        "validating %s connector-specific properties for the connector"
            .formatted(kind == PluginKind.SOURCE ? "source" : "sink"));
    if (connector instanceof SourceConnector source) {
      checkSource(source, config, values);
      checkOwn(FrameworkKeys.ownSource(), config, values);
    } else {
      SinkRules.check(config, worker, values);
      checkOwn(FrameworkKeys.ownSink(), config, values);
    }
    addNulls(config, values);
    var converters = new ConverterParts(plugins, config, values).all(progress);
    progress.is("validating client overrides of the connector");
    var clients = new OverrideParts(overrides, subject(plugins, config)).all();
    progress.is("retrieving the configuration definition from the connector");
    var definition = definition(connector);
    progress.is("performing multi-property validation for the connector");
    var own = answer(connector, config);
    var parts = new ArrayList<Part>();
    parts.add(connectorPart(framework, definition, values, own));
    parts.addAll(clients);
    parts.addAll(converters);
    return Part.merged(parts, known(framework, definition));
  }

  private static ClientOverrides.Subject subject(Surroundings plugins, Map<String, String> config) {
    var plugin = plugins.connector();
    return new ClientOverrides.Subject(
        config.get(FrameworkKeys.NAME) == null ? "" : config.get(FrameworkKeys.NAME),
        plugin.kind() == PluginKind.SOURCE ? ConnectorType.SOURCE : ConnectorType.SINK,
        plugin.loader(),
        plugin.className(),
        config);
  }

  private void checkSource(SourceConnector source, Map<String, String> config, Values values) {
    ExactlyOncePreflight.supportErrors(source, config, worker.exactlyOnceSources())
        .forEach(text -> values.error(FrameworkKeys.EXACTLY_ONCE, null, text));
    ExactlyOncePreflight.boundaryErrors(source, config)
        .forEach(text -> values.error(FrameworkKeys.BOUNDARY, null, text));
  }

  /** Keys that Kafka Connect does not have appear only where they are wrong. */
  private static void checkOwn(ConfigDef ours, Map<String, String> config, Values values) {
    for (var own : ours.validate(config)) {
      own.errorMessages().forEach(text -> values.error(own.name(), own.value(), text));
    }
  }

  private static void addNulls(Map<String, String> config, Values values) {
    config.forEach(
        (key, value) -> {
          if (value == null) values.error(key, null, NULL);
        });
  }

  private static ConfigDef definition(Connector connector) {
    ConfigDef definition = connector.config();
    if (definition == null) {
      throw ValidationException.badRequest(
          connector.getClass().getName() + ".config() must return a ConfigDef that is not null.");
    }
    return definition;
  }

  private static List<ConfigValue> answer(Connector connector, Map<String, String> config) {
    Config answer = connector.validate(config);
    if (answer == null) {
      throw ValidationException.badRequest(
          connector.getClass().getName() + ".validate() must return a Config that is not null.");
    }
    return answer.configValues();
  }

  /** A key that the connector defines, too, keeps its place and has the connector's definition. */
  private static Part connectorPart(
      ConfigDef framework, ConfigDef definition, Values values, List<ConfigValue> own) {
    var keys = new LinkedHashMap<>(framework.configKeys());
    keys.putAll(definition.configKeys());
    var groups = new LinkedHashSet<>(framework.groups());
    groups.addAll(definition.groups());
    var all = new ArrayList<>(values.all());
    all.addAll(own);
    return Part.ofConnector(keys, all, groups);
  }

  private static Set<String> known(ConfigDef framework, ConfigDef definition) {
    var known = new HashSet<>(framework.names());
    known.addAll(definition.names());
    known.addAll(FrameworkKeys.MARKS);
    known.addAll(FrameworkKeys.ownSource().names());
    known.addAll(FrameworkKeys.ownSink().names());
    return known;
  }
}

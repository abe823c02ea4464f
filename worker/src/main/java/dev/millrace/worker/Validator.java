package dev.millrace.worker;

import dev.millrace.plugins.PluginCatalog;
import dev.millrace.plugins.PluginDescriptor;
import dev.millrace.plugins.PluginException;
import dev.millrace.plugins.PluginKind;
import dev.millrace.worker.preflight.ClientOverrides;
import dev.millrace.worker.preflight.ExactlyOncePreflight;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.connector.Connector;
import org.apache.kafka.connect.health.ConnectorType;
import org.apache.kafka.connect.source.SourceConnector;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.HeaderConverter;
import org.apache.kafka.connect.transforms.Transformation;
import org.apache.kafka.connect.transforms.predicates.Predicate;

/**
 * Checks connector configurations (compat: connector config §8). Thread-safe. Each check runs on a
 * thread of its own, since it calls plugin code that may hang; at most so many at a time.
 */
final class Validator {

  private static final int AT_ONCE = 16;
  private static final Duration DEADLINE = Duration.ofSeconds(90);

  private final PluginCatalog catalog;
  private final ConfigResolver resolver;
  private final ClientOverrides overrides;
  private final boolean exactlyOnce;
  private final Semaphore places = new Semaphore(AT_ONCE);

  Validator(
      PluginCatalog catalog,
      ConfigResolver resolver,
      ClientOverrides overrides,
      boolean exactlyOnce) {
    this.catalog = catalog;
    this.resolver = resolver;
    this.overrides = overrides;
    this.exactlyOnce = exactlyOnce;
  }

  /**
   * What is wrong with it, all at once.
   *
   * @param raw as the user gave it; a null value is one of the problems
   */
  Validation validate(Map<String, String> raw) {
    var check = new FutureTask<>(() -> check(raw));
    if (!places.tryAcquire()) {
      throw new ValidationException(
          ValidationException.Kind.FAILED,
          "%d connector validations are under way; try again later".formatted(AT_ONCE),
          null);
    }
    Thread.ofPlatform()
        .daemon()
        .name("validation-" + raw.get(ConnectorSettings.NAME))
        .start(
            () -> {
              try {
                check.run();
              } finally {
                places.release();
              }
            });
    try {
      return check.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw failed(e.getCause());
    } catch (TimeoutException e) {
      throw new ValidationException(
          ValidationException.Kind.FAILED,
          "Request timed out. The worker is currently performing multi-property validation for the"
              + " connector",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed(e);
    }
  }

  private static ValidationException failed(Throwable cause) {
    if (cause instanceof ValidationException own) return own;
    return new ValidationException(ValidationException.Kind.FAILED, cause.getMessage(), cause);
  }

  private Validation check(Map<String, String> raw) {
    var config = resolver.resolve(withoutNulls(raw));
    var newest = plugin(raw, config);
    var problems = new ArrayList<Validation.Problem>();
    addNulls(raw, problems);
    var required = required(newest, config, problems);
    return required.isPresent()
        ? check(required.get(), config, problems)
        : withoutPlugin(newest, config, problems);
  }

  private Validation check(
      PluginDescriptor plugin, Map<String, String> config, List<Validation.Problem> problems) {
    boolean source = plugin.kind() == PluginKind.SOURCE;
    var framework = framework(plugin);
    add(problems, "", framework.validate(config));
    if (!source) {
      checkTopics(config, problems);
      checkBisect(config, problems);
    }
    checkTransforms(plugin, config, problems);
    checkConverters(plugin, config, problems);
    checkOverrides(plugin, config, problems);
    if (source) addOwn(problems, config);
    Set<String> known = new HashSet<>(framework.names());
    if (source) known.addAll(ConnectorSettings.ownSourceDefinition().names());
    known.addAll(ConnectorSettings.MARKS);
    if (!source) known.add(ConnectorSettings.PUT_BISECT);
    known.addAll(checkConnector(plugin, config, problems));
    return new Validation(problems, known);
  }

  /**
   * Only the framework's keys can be checked when the plugin is not there in the version wanted.
   * What other keys it would know nobody can tell, so all that are given count as known.
   */
  private static Validation withoutPlugin(
      PluginDescriptor newest, Map<String, String> config, List<Validation.Problem> problems) {
    var framework = framework(newest);
    add(problems, "", framework.validate(config));
    Set<String> known = new HashSet<>(framework.names());
    known.addAll(config.keySet());
    return new Validation(problems, known);
  }

  private static ConfigDef framework(PluginDescriptor plugin) {
    return plugin.kind() == PluginKind.SOURCE
        ? ConnectorSettings.sourceDefinition()
        : ConnectorSettings.sinkDefinition();
  }

  private static void addNulls(Map<String, String> raw, List<Validation.Problem> problems) {
    raw.forEach(
        (key, value) -> {
          if (value == null) {
            problems.add(
                new Validation.Problem(
                    key, "Null value can not be supplied as the configuration value."));
          }
        });
  }

  /** The message shows the name only: other values may be secrets. */
  private static Map<String, String> shown(Map<String, String> raw) {
    var name = raw.get(ConnectorSettings.NAME);
    return name == null ? Map.of() : Map.of(ConnectorSettings.NAME, name);
  }

  private static Map<String, String> withoutNulls(Map<String, String> raw) {
    var given = new HashMap<>(raw);
    given.values().removeIf(Objects::isNull);
    return given;
  }

  private PluginDescriptor plugin(Map<String, String> raw, Map<String, String> config) {
    String name = config.get(ConnectorSettings.CLASS);
    if (name == null) {
      throw new ValidationException(
          ValidationException.Kind.BAD_REQUEST,
          "Connector config " + shown(raw) + " contains no connector type",
          null);
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

  private String connectors() {
    return Stream.of(PluginKind.SOURCE, PluginKind.SINK)
        .flatMap(kind -> catalog.descriptors(kind).stream())
        .map(PluginDescriptor::className)
        .distinct()
        .sorted()
        .collect(Collectors.joining(", "));
  }

  /**
   * The plugin in the version that the configuration requires, else its newest. When there is no
   * such version, both keys have a problem (compat: connector config §7).
   */
  private Optional<PluginDescriptor> required(
      PluginDescriptor newest, Map<String, String> config, List<Validation.Problem> problems) {
    String version = config.get(ConnectorSettings.VERSION);
    if (version == null) return Optional.of(newest);
    try {
      return catalog.find(newest.kind(), newest.className(), version);
    } catch (PluginException e) {
      for (String key : List.of(ConnectorSettings.CLASS, ConnectorSettings.VERSION)) {
        problems.add(new Validation.Problem(key, e.getMessage()));
      }
      return Optional.empty();
    }
  }

  /** Problems found by the connector itself; returns the keys it knows. */
  private Set<String> checkConnector(
      PluginDescriptor plugin, Map<String, String> config, List<Validation.Problem> problems) {
    var thread = Thread.currentThread();
    thread.setContextClassLoader(plugin.loader());
    var connector = catalog.newInstance(plugin, Connector.class);
    ConfigDef definition = connector.config();
    Config result = connector.validate(config);
    if (definition == null || result == null) {
      throw new ValidationException(
          ValidationException.Kind.BAD_REQUEST,
          plugin.className() + " gives no configuration definition or validation result",
          null);
    }
    add(problems, "", result.configValues());
    if (connector instanceof SourceConnector source) checkExactlyOnce(source, config, problems);
    return definition.names();
  }

  private void checkExactlyOnce(
      SourceConnector connector, Map<String, String> config, List<Validation.Problem> problems) {
    ExactlyOncePreflight.supportErrors(connector, config, exactlyOnce)
        .forEach(text -> problems.add(new Validation.Problem("exactly.once.support", text)));
    ExactlyOncePreflight.boundaryErrors(connector, config)
        .forEach(text -> problems.add(new Validation.Problem("transaction.boundary", text)));
  }

  private void checkOverrides(
      PluginDescriptor plugin, Map<String, String> config, List<Validation.Problem> problems) {
    var subject =
        new ClientOverrides.Subject(
            config.getOrDefault(ConnectorSettings.NAME, ""),
            plugin.kind() == PluginKind.SOURCE ? ConnectorType.SOURCE : ConnectorType.SINK,
            plugin.loader(),
            plugin.className(),
            config);
    overrides
        .refused(subject)
        .forEach((key, texts) -> texts.forEach(t -> problems.add(new Validation.Problem(key, t))));
  }

  private static void add(
      List<Validation.Problem> problems, String prefix, List<ConfigValue> values) {
    for (var value : values) {
      value
          .errorMessages()
          .forEach(text -> problems.add(new Validation.Problem(prefix + value.name(), text)));
    }
  }

  /** Keys that Kafka Connect does not have for sources appear only where they are set and wrong. */
  private static void addOwn(List<Validation.Problem> problems, Map<String, String> config) {
    add(problems, "", ConnectorSettings.ownSourceDefinition().validate(config));
  }

  private static void checkTopics(Map<String, String> config, List<Validation.Problem> problems) {
    try {
      ConnectorSettings.sink(config).topics();
    } catch (ConfigException e) {
      for (String key : List.of(ConnectorSettings.TOPICS, ConnectorSettings.TOPICS_REGEX)) {
        problems.add(new Validation.Problem(key, e.getMessage()));
      }
    }
  }

  private static void checkBisect(Map<String, String> config, List<Validation.Problem> problems) {
    try {
      ConnectorSettings.bisectsPuts(config);
    } catch (ConfigException e) {
      problems.add(new Validation.Problem(ConnectorSettings.PUT_BISECT, e.getMessage()));
    }
  }

  private void checkTransforms(
      PluginDescriptor connector, Map<String, String> config, List<Validation.Problem> problems) {
    for (String alias : ConnectorSettings.transforms(config)) {
      String prefix = "transforms." + alias + ".";
      var settings = WorkerSettings.Prefixed.of(config, prefix);
      settings.remove("predicate");
      settings.remove("negate");
      checkPlugin(connector, PluginKind.TRANSFORMATION, prefix, settings, problems);
    }
    for (String alias : ConnectorSettings.list(config.get(ConnectorSettings.PREDICATES))) {
      String prefix = "predicates." + alias + ".";
      var settings = WorkerSettings.Prefixed.of(config, prefix);
      checkPlugin(connector, PluginKind.PREDICATE, prefix, settings, problems);
    }
  }

  private void checkPlugin(
      PluginDescriptor connector,
      PluginKind kind,
      String prefix,
      Map<String, String> settings,
      List<Validation.Problem> problems) {
    try {
      String type = settings.get("type");
      if (type == null) throw new ConfigException(prefix + "type", null, "A class is required");
      var found =
          catalog.findBeside(connector, kind, type).orElseGet(() -> catalog.require(kind, type));
      var definition =
          kind == PluginKind.TRANSFORMATION
              ? catalog.newInstance(found, Transformation.class).config()
              : catalog.newInstance(found, Predicate.class).config();
      add(problems, prefix, definition.validate(settings));
    } catch (PluginException | ConfigException | LinkageError e) {
      problems.add(new Validation.Problem(prefix + "type", e.getMessage()));
    }
  }

  private void checkConverters(
      PluginDescriptor connector, Map<String, String> config, List<Validation.Problem> problems) {
    checkConverter(connector, config, "key.converter", PluginKind.CONVERTER, problems);
    checkConverter(connector, config, "value.converter", PluginKind.CONVERTER, problems);
    checkConverter(connector, config, "header.converter", PluginKind.HEADER_CONVERTER, problems);
  }

  private void checkConverter(
      PluginDescriptor connector,
      Map<String, String> config,
      String key,
      PluginKind kind,
      List<Validation.Problem> problems) {
    String name = config.get(key);
    if (name == null) return;
    try {
      var found =
          catalog.findBeside(connector, kind, name).orElseGet(() -> catalog.require(kind, name));
      if (kind == PluginKind.CONVERTER) {
        catalog.newInstance(found, Converter.class).close();
      } else {
        catalog.newInstance(found, HeaderConverter.class).close();
      }
    } catch (Exception | LinkageError e) {
      problems.add(new Validation.Problem(key, e.getMessage()));
    }
  }
}

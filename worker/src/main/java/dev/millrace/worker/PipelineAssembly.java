package dev.millrace.worker;

import dev.millrace.engine.Closer;
import dev.millrace.engine.Loaders;
import dev.millrace.engine.RecordConverters;
import dev.millrace.engine.RecordConverters.Loaded;
import dev.millrace.engine.RecordPipeline;
import dev.millrace.engine.TransformStep;
import dev.millrace.plugins.PluginCatalog;
import dev.millrace.plugins.PluginDescriptor;
import dev.millrace.plugins.PluginKind;
import dev.millrace.worker.metrics.WorkMeter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.HeaderConverter;
import org.apache.kafka.connect.transforms.Transformation;
import org.apache.kafka.connect.transforms.predicates.Predicate;

/**
 * Makes a task's transformations and converters from its connector's resolved configuration
 * (compat: connector config §4, §5; semantics §8, §9). Stateless; runs plugin code on the caller's
 * thread.
 */
final class PipelineAssembly {

  private static final String VERSION = "plugin.version";

  private final PluginCatalog catalog;
  private final WorkerSettings worker;
  private final JsonAcceleration json;

  PipelineAssembly(PluginCatalog catalog, WorkerSettings worker) {
    this.catalog = catalog;
    this.worker = worker;
    this.json = new JsonAcceleration(worker.jsonAccelerated());
  }

  /**
   * The pipeline, every plugin configured.
   *
   * @param connector copies of plugins that lie beside it are preferred
   * @param meter told of each plugin, once it is configured
   */
  <R extends ConnectRecord<R>> RecordPipeline<R> make(
      PluginDescriptor connector, Map<String, String> config, WorkMeter meter) {
    var steps = new ArrayList<TransformStep<R>>();
    try {
      for (String alias : ConnectorSettings.transforms(config)) {
        steps.add(step(connector, alias, config, meter));
      }
      return new RecordPipeline<>(steps, converters(connector, config, meter));
    } catch (RuntimeException | Error e) {
      close(steps.stream().<Loaders.Action>map(made -> made::close).toList(), e);
      throw e;
    }
  }

  private <R extends ConnectRecord<R>> TransformStep<R> step(
      PluginDescriptor connector, String alias, Map<String, String> config, WorkMeter meter) {
    var settings = WorkerSettings.Prefixed.of(config, "transforms." + alias + ".");
    String predicate = settings.remove("predicate");
    boolean negate = isTrue("transforms." + alias + ".negate", settings.remove("negate"));
    var found = beside(connector, PluginKind.TRANSFORMATION, "transforms." + alias, settings);
    @SuppressWarnings("unchecked") // a transformation works on whatever record type it is given
    Transformation<R> transformation = catalog.newInstance(found, Transformation.class);
    var step = TransformStep.of(alias, transformation, found.loader());
    try {
      within(
          found.loader(),
          () -> {
            transformation.configure(settings);
            meter.transformation(alias, transformation);
          });
      return predicate == null
          ? step
          : conditional(step, connector, new Negatable(predicate, negate), config, meter);
    } catch (RuntimeException | Error e) {
      close(List.of(step::close), e);
      throw e;
    }
  }

  /** What was made before this error. */
  private static void close(List<Loaders.Action> made, Throwable error) {
    var closer = new Closer();
    made.forEach(closer::close);
    closer.addTo(error);
  }

  /** As the validation reads it: blanks around it do not matter. */
  private static boolean isTrue(String key, String value) {
    return Boolean.TRUE.equals(ConfigDef.parseType(key, value, ConfigDef.Type.BOOLEAN));
  }

  /** A predicate's alias, and whether the step is for records that do not satisfy it. */
  private record Negatable(String predicate, boolean negate) {}

  private <R extends ConnectRecord<R>> TransformStep<R> conditional(
      TransformStep<R> step,
      PluginDescriptor connector,
      Negatable wanted,
      Map<String, String> config,
      WorkMeter meter) {
    String alias = wanted.predicate();
    var settings = WorkerSettings.Prefixed.of(config, "predicates." + alias + ".");
    if (!ConnectorSettings.list(config.get(ConnectorSettings.PREDICATES)).contains(alias)) {
      throw new ConfigException(
          "transforms." + step.label() + ".predicate", alias, "No such alias in 'predicates'");
    }
    var found = beside(connector, PluginKind.PREDICATE, "predicates." + alias, settings);
    @SuppressWarnings("unchecked") // as with transformations
    Predicate<R> predicate = catalog.newInstance(found, Predicate.class);
    within(
        found.loader(),
        () -> {
          predicate.configure(settings);
          meter.predicate(alias, predicate);
        });
    return step.when(predicate, wanted.negate(), found.loader());
  }

  private PluginDescriptor beside(
      PluginDescriptor connector, PluginKind kind, String prefix, Map<String, String> settings) {
    String name = settings.get("type");
    if (name == null || name.isBlank()) {
      throw new ConfigException(prefix + ".type", name, "A class or alias is required");
    }
    return find(connector, kind, name.strip(), settings.get(VERSION));
  }

  private PluginDescriptor find(
      PluginDescriptor connector, PluginKind kind, String name, String version) {
    return catalog
        .findBeside(connector, kind, name, version == null ? "" : version)
        .orElseGet(() -> catalog.require(kind, name));
  }

  private RecordConverters converters(
      PluginDescriptor connector, Map<String, String> config, WorkMeter meter) {
    var made = new ArrayList<Loaders.Action>();
    try {
      var key = converter(connector, config, meter, true);
      made.add(key::close);
      var value = converter(connector, config, meter, false);
      made.add(value::close);
      return new RecordConverters(key, value, headerConverter(connector, config, meter));
    } catch (RuntimeException | Error e) {
      close(made, e);
      throw e;
    }
  }

  private Loaded<Converter> converter(
      PluginDescriptor connector, Map<String, String> config, WorkMeter meter, boolean forKeys) {
    String key = forKeys ? WorkerSettings.KEY_CONVERTER : WorkerSettings.VALUE_CONVERTER;
    var found = converterPlugin(connector, config, PluginKind.CONVERTER, key);
    var converter = catalog.newInstance(found, Converter.class);
    var settings = converterSettings(config, key);
    within(
        found.loader(),
        () -> {
          converter.configure(settings, forKeys);
          meter.converter(forKeys ? "key" : "value", converter);
        });
    return json.converter(converter, found.loader(), settings, forKeys);
  }

  private Loaded<HeaderConverter> headerConverter(
      PluginDescriptor connector, Map<String, String> config, WorkMeter meter) {
    String key = WorkerSettings.HEADER_CONVERTER;
    var found = converterPlugin(connector, config, PluginKind.HEADER_CONVERTER, key);
    var converter = catalog.newInstance(found, HeaderConverter.class);
    var settings = new HashMap<>(converterSettings(config, key));
    settings.put("converter.type", "header");
    within(
        found.loader(),
        () -> {
          converter.configure(settings);
          meter.converter("header", converter);
        });
    return json.headerConverter(converter, found.loader(), settings);
  }

  private PluginDescriptor converterPlugin(
      PluginDescriptor connector, Map<String, String> config, PluginKind kind, String key) {
    String own = config.get(key);
    if (own != null) return find(connector, kind, own.strip(), config.get(key + "." + VERSION));
    String common = worker.converter(key);
    String version = worker.originals().getOrDefault(key + "." + VERSION, "");
    return catalog.find(kind, common, version).orElseGet(() -> catalog.require(kind, common));
  }

  /** The connector's settings count only if it names the converter. */
  private Map<String, String> converterSettings(Map<String, String> config, String key) {
    return config.containsKey(key)
        ? WorkerSettings.Prefixed.of(config, key + ".")
        : worker.withPrefix(key + ".");
  }

  private static void within(ClassLoader loader, Runnable call) {
    var thread = Thread.currentThread();
    var before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      call.run();
    } finally {
      thread.setContextClassLoader(before);
    }
  }
}

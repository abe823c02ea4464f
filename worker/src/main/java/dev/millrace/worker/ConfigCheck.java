package dev.millrace.worker;

import dev.millrace.plugins.PluginCatalog;
import dev.millrace.worker.preflight.ClientOverrides;
import dev.millrace.worker.validation.Validation;
import dev.millrace.worker.validation.ValidationException;
import dev.millrace.worker.validation.Validator;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.config.provider.ConfigProvider;

/**
 * Checks connector configurations as a worker would, without one: nothing is started and no server
 * is asked. Thread-safe; closed by who made it.
 */
public final class ConfigCheck implements AutoCloseable {

  private static final Duration DEADLINE = Duration.ofSeconds(90);

  private final PluginCatalog catalog;
  private final ConfigResolver resolver;
  private final ClientOverrides overrides;
  private final Validator validator;

  private ConfigCheck(WorkerSettings settings, Map<String, ConfigProvider> providers) {
    var all = new HashMap<String, ConfigProvider>();
    all.put("worker", new WorkerFacts(settings));
    all.putAll(providers);
    this.catalog = PluginCatalog.scan(settings.pluginScan(ConfigCheck.class.getClassLoader()));
    this.resolver = new ConfigResolver(all);
    this.overrides =
        ClientOverrides.of(catalog, settings.originals(), settings.exactlyOnceSources());
    this.validator =
        new Validator(catalog, resolver::resolution, settings.view(), overrides, () -> DEADLINE);
  }

  /**
   * Finds the plugins of these settings.
   *
   * @param providers config providers by name; closed with this
   */
  public static ConfigCheck of(WorkerSettings settings, Map<String, ConfigProvider> providers) {
    return new ConfigCheck(settings, providers);
  }

  /** The plugins there are. */
  public PluginCatalog plugins() {
    return catalog;
  }

  /**
   * What is wrong with a configuration; placeholders that nobody fills in are left as they are.
   *
   * @param config as the user gave it; a null value is one of the problems
   * @throws ValidationException when the check itself is impossible
   */
  public Validation validate(Map<String, String> config) {
    return validator.validate(config);
  }

  @Override
  public void close() {
    overrides.close();
    resolver.close();
    catalog.close();
  }
}

package dev.millrace.worker;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.config.ConfigTransformer;
import org.apache.kafka.common.config.provider.ConfigProvider;
import org.apache.kafka.common.utils.Utils;

/**
 * Replaces {@code ${provider:key}} in configurations (compat: semantics §10). Thread-safe as far as
 * the providers are; may block: not for the control thread.
 */
final class ConfigResolver implements AutoCloseable {

  private final Map<String, ConfigProvider> providers;
  private final ConfigTransformer transformer;

  ConfigResolver(Map<String, ConfigProvider> providers) {
    this.providers = Map.copyOf(providers);
    this.transformer = new ConfigTransformer(this.providers);
  }

  /** The configuration with secrets in it: never to be logged or shown. */
  Map<String, String> resolve(Map<String, String> raw) {
    return new HashMap<>(transformer.transform(raw).data());
  }

  /**
   * Task configurations as they may be published: a value whose connector setting is a placeholder
   * becomes the placeholder again, so that secrets stay out of the log (compat: connector config
   * §10).
   */
  static Map<String, String> unresolve(Map<String, String> task, Map<String, String> rawConnector) {
    var published = new HashMap<>(task);
    published.replaceAll(
        (key, value) -> {
          String raw = rawConnector.get(key);
          boolean placeholder =
              raw != null && ConfigTransformer.DEFAULT_PATTERN.matcher(raw).find();
          return placeholder ? raw : value;
        });
    return published;
  }

  @Override
  public void close() {
    providers.values().forEach(provider -> Utils.closeQuietly(provider, "config provider"));
  }
}

package dev.millrace.worker;

import dev.millrace.worker.validation.Resolution;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
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

  /**
   * A configuration with its secrets: never to be logged or shown.
   *
   * @param config the configuration
   * @param secrets what its placeholders stood for
   * @param lifetimes how long the values of each path are valid, where the provider says so
   */
  record Resolved(Map<String, String> config, Secrets secrets, Map<String, Duration> lifetimes) {
    /** Shows no value. */
    @Override
    public String toString() {
      return "Resolved" + config.keySet();
    }
  }

  /** The configuration with secrets in it: never to be logged or shown. */
  Map<String, String> resolve(Map<String, String> raw) {
    return resolveAll(raw).config();
  }

  /** The same for a check whose answer others see. */
  Resolution resolution(Map<String, String> raw) {
    var resolved = resolveAll(raw);
    return new Resolution(resolved.config(), resolved.secrets()::hiddenIn);
  }

  /** The same, and what became of each placeholder. Each provider is asked once for each path. */
  Resolved resolveAll(Map<String, String> raw) {
    var single = placeholders(raw);
    var asked = new HashMap<>(raw);
    single.forEach((key, placeholder) -> asked.put(key, placeholder));
    var answer = transformer.transform(asked);
    var values = new HashMap<String, String>();
    single.forEach((key, placeholder) -> values.put(placeholder, answer.data().get(key)));
    var config = new HashMap<>(answer.data());
    config.keySet().removeAll(single.keySet());
    var lifetimes = new TreeMap<String, Duration>();
    answer.ttls().forEach((path, ms) -> lifetimes.put(path, Duration.ofMillis(ms)));
    return new Resolved(config, Secrets.of(values), lifetimes);
  }

  /** Each placeholder under a key that no configuration has, so as to learn its own value. */
  private static Map<String, String> placeholders(Map<String, String> raw) {
    var found = new HashMap<String, String>();
    for (String value : raw.values()) {
      if (value == null) continue;
      var placeholder = ConfigTransformer.DEFAULT_PATTERN.matcher(value);
      while (placeholder.find()) found.put("\0" + placeholder.group(), placeholder.group());
    }
    return found;
  }

  @Override
  public void close() {
    providers.values().forEach(provider -> Utils.closeQuietly(provider, "config provider"));
  }
}

package dev.millrace.cli;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.ConfigData;
import org.apache.kafka.common.config.provider.ConfigProvider;
import org.apache.kafka.common.config.provider.DirectoryConfigProvider;
import org.apache.kafka.common.config.provider.FileConfigProvider;

/** The config providers that are there without being asked for: env, file, dir. Stateless. */
final class Providers {
  /** The name of the provider of environment variables. */
  static final String ENV = "env";

  private Providers() {}

  /** New providers by name; the caller closes them. */
  static Map<String, ConfigProvider> of(Map<String, String> environment) {
    Map<String, ConfigProvider> providers = new HashMap<>();
    providers.put(ENV, new Environment(environment));
    providers.put("file", configured(new FileConfigProvider()));
    providers.put("dir", configured(new DirectoryConfigProvider()));
    return providers;
  }

  private static ConfigProvider configured(ConfigProvider provider) {
    provider.configure(Map.of());
    return provider;
  }

  /** Variables of a map, which need not be those of the process. Immutable. */
  private record Environment(Map<String, String> variables) implements ConfigProvider {
    @Override
    public ConfigData get(String path) {
      return new ConfigData(variables);
    }

    @Override
    public ConfigData get(String path, Set<String> keys) {
      Map<String, String> found = new HashMap<>(variables);
      found.keySet().retainAll(keys);
      return new ConfigData(found);
    }

    @Override
    public void configure(Map<String, ?> settings) {
      // has none
    }

    @Override
    public void close() {
      // holds nothing
    }
  }
}

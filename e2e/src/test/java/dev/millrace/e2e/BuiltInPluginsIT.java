package dev.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.plugins.PluginCatalog;
import dev.millrace.plugins.PluginDescriptor;
import dev.millrace.plugins.PluginDiscovery;
import dev.millrace.plugins.PluginScan;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the distribution says of the archives of its own plugins, so that a start need not look. */
class BuiltInPluginsIT {
  private static final Path PLUGINS = Path.of(System.getProperty("millrace.home"), "plugins");

  @ParameterizedTest
  @ValueSource(strings = {"jdbc", "processor"})
  void allArchivesAreListed(String plugin) {
    Path folder = PLUGINS.resolve(plugin);
    assertThat(folder.resolve("listed-archives.txt"))
        .content()
        .contains("lib/millrace-connector-" + plugin + "-");
  }

  @Test
  void theirPluginsHaveManifests() {
    assertThat(plugins(PluginDiscovery.SERVICE_LOAD))
        .containsAll(plugins(PluginDiscovery.ONLY_SCAN))
        .hasSizeGreaterThan(2);
  }

  private static Set<String> plugins(PluginDiscovery mode) {
    var scan = PluginScan.of(List.of(PLUGINS), BuiltInPluginsIT.class.getClassLoader());
    try (var catalog = PluginCatalog.scan(scan.discovery(mode))) {
      return catalog.descriptors().stream()
          .filter(PluginDescriptor::isolated)
          .map(PluginDescriptor::className)
          .collect(Collectors.toSet());
    }
  }
}

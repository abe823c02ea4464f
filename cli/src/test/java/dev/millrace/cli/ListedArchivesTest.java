package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.plugins.PluginCatalog;
import dev.millrace.plugins.PluginDescriptor;
import dev.millrace.plugins.PluginDiscovery;
import dev.millrace.plugins.PluginScan;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the program says of the archives in its lib folder, so that a start need not look. */
final class ListedArchivesTest {

  @Test
  void theArchivesAreNamed() throws Exception {
    String listed;
    try (InputStream in =
        getClass().getResourceAsStream("/META-INF/millrace/listed-archives.txt")) {
      listed = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    assertThat(listed.strip().split(":", -1))
        .hasSizeGreaterThan(50)
        .allMatch(path -> path.matches("lib/[^/]+\\.jar"))
        .anyMatch(path -> path.startsWith("lib/connect-transforms-"))
        .anyMatch(path -> path.startsWith("lib/millrace-plugins-"));
  }

  @Test
  void theirPluginsHaveManifests() {
    assertThat(plugins(PluginDiscovery.SERVICE_LOAD))
        .containsAll(plugins(PluginDiscovery.ONLY_SCAN))
        .hasSizeGreaterThan(30);
  }

  private static Set<String> plugins(PluginDiscovery mode) {
    ClassLoader own = ListedArchivesTest.class.getClassLoader();
    try (var catalog = PluginCatalog.scan(PluginScan.of(List.of(), own).discovery(mode))) {
      return catalog.descriptors().stream()
          .map(PluginDescriptor::className)
          .collect(Collectors.toSet());
    }
  }
}

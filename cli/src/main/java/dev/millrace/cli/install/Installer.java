package dev.millrace.cli.install;

import dev.millrace.plugins.PluginCatalog;
import dev.millrace.plugins.PluginDescriptor;
import dev.millrace.plugins.PluginScan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Brings plugins from Maven repositories into a plugin folder. Used by one thread.
 *
 * @param maven where they come from
 * @param folder where they go
 */
public record Installer(MavenPlugins maven, PluginFolder folder) {

  /**
   * What was installed.
   *
   * @param bytes the size of its files
   * @param plugins what a worker will find there
   */
  public record Installed(Path folder, long bytes, List<PluginDescriptor> plugins) {}

  /**
   * Installs a plugin that is not there.
   *
   * @param classifier of the archive to unpack; empty for the jar and its dependencies
   * @throws InstallException when it cannot be had, holds no plugin, or cannot be written; then
   *     nothing is installed
   */
  public Installed install(Coordinates plugin, String classifier) {
    PluginFolder.Content content =
        classifier.isEmpty() ? copies(maven.jars(plugin)) : unpacked(plugin, classifier);
    List<PluginDescriptor> found = new ArrayList<>();
    Path target = folder.install(plugin, content, aside -> found.addAll(pluginsIn(aside, plugin)));
    return new Installed(target, PluginFolder.size(target).orElse(0L), found);
  }

  private static PluginFolder.Content copies(List<Path> jars) {
    return target -> {
      for (Path jar : jars) {
        Files.copy(jar, target.resolve(jar.getFileName()));
      }
    };
  }

  private PluginFolder.Content unpacked(Coordinates plugin, String classifier) {
    Path archive = maven.archive(plugin, classifier);
    return target -> {
      try {
        Unpack.into(archive, target);
      } catch (IOException e) {
        throw new IOException("the archive " + archive + " cannot be unpacked: " + e, e);
      }
    };
  }

  private static List<PluginDescriptor> pluginsIn(Path aside, Coordinates plugin) {
    var scan = PluginScan.of(List.of(aside), Installer.class.getClassLoader());
    try (PluginCatalog catalog = PluginCatalog.scan(scan)) {
      List<PluginDescriptor> found =
          catalog.descriptors().stream().filter(PluginDescriptor::isolated).toList();
      if (found.isEmpty()) {
        throw new InstallException(
            "%s holds no Kafka Connect plugin. Nothing was installed. Check the coordinates, or name the plugin's archive with --classifier plugin."
                .formatted(plugin));
      }
      return found;
    }
  }
}

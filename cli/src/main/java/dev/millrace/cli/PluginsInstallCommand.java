package dev.millrace.cli;

import dev.millrace.cli.install.Coordinates;
import dev.millrace.cli.install.InstallException;
import dev.millrace.cli.install.Installer;
import dev.millrace.cli.install.MavenHome;
import dev.millrace.cli.install.MavenPlugins;
import dev.millrace.cli.install.PluginFolder;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace plugins install}: brings plugins from Maven repositories. */
@Command(
    name = "install",
    mixinStandardHelpOptions = true,
    description = "Installs plugins from Maven repositories, as the user's Maven settings say.")
final class PluginsInstallCommand implements Callable<Integer> {
  private final Outside outside;
  private final Progress progress;

  @Mixin private PluginFolderOptions folder = new PluginFolderOptions();

  @Option(
      names = "--classifier",
      paramLabel = "NAME",
      description =
          "Unpack the zip or tar.gz published under this classifier, often 'plugin'; without it"
              + " the jar and all it depends on are taken.")
  private String classifier = "";

  @Option(
      names = "--list-only",
      description = "Only say what would be installed; nothing but descriptions is downloaded.")
  private boolean listOnly;

  @Option(
      names = "--repository",
      paramLabel = "URL",
      split = ",",
      description = "Maven repositories to ask before those of the settings.")
  private List<String> repositories = List.of();

  @Option(names = "--offline", description = "Take what the local Maven repository has.")
  private boolean offline;

  @Parameters(arity = "1..*", paramLabel = "GROUP:ARTIFACT:VERSION", description = "The plugins.")
  private List<String> plugins = List.of();

  PluginsInstallCommand(Outside outside) {
    this.outside = outside;
    this.progress = new Progress(outside.out());
  }

  @Override
  public Integer call() {
    PluginFolder target = folder.folder(outside);
    try {
      List<Coordinates> all = plugins.stream().map(Coordinates::of).toList();
      MavenHome home = MavenHome.of(outside.userHome(), outside.environment());
      try (var maven = new MavenPlugins(home, repositories, offline, progress::say)) {
        all.forEach(plugin -> handle(plugin, maven, target));
      }
    } catch (InstallException e) {
      throw new CommandFailure(e.getMessage(), e);
    }
    return 0;
  }

  private void handle(Coordinates plugin, MavenPlugins maven, PluginFolder target) {
    if (listOnly) {
      list(plugin, maven);
    } else if (target.holds(plugin)) {
      progress.say("%s is installed already in %s".formatted(plugin, target.path()));
    } else {
      install(plugin, new Installer(maven, target));
    }
  }

  private void list(Coordinates plugin, MavenPlugins maven) {
    if (classifier.isEmpty()) {
      List<String> names = maven.names(plugin);
      names.forEach(progress::say);
      progress.say("%d files".formatted(names.size()));
    } else {
      progress.say("the %s archive of %s".formatted(classifier, plugin));
    }
  }

  private void install(Coordinates plugin, Installer installer) {
    Installer.Installed done = installer.install(plugin, classifier);
    progress.say(
        "Installed %s in %s (%.1f MB). It holds:"
            .formatted(plugin, done.folder(), done.bytes() / 1_000_000.0));
    done.plugins()
        .forEach(
            p -> progress.say("  %-16s %s %s".formatted(p.kind(), p.className(), p.version())));
    progress.say("Workers that run already find it after a restart.");
  }
}

package dev.millrace.cli;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What commands may use of the world around them. Immutable; the streams are shared.
 *
 * @param out results
 * @param err what is wrong
 * @param interactive whether {@code out} is a terminal that can be repainted
 * @param environment the environment variables
 * @param userHome the user's home directory
 * @param homeText the folder of the distribution; the empty text when there is none
 * @param stop asked when the user wants the process to end
 */
record Outside(
    PrintStream out,
    PrintStream err,
    boolean interactive,
    Map<String, String> environment,
    Path userHome,
    String homeText,
    Stop stop) {

  /** The folder of the distribution, if this runs from one. */
  Optional<Path> home() {
    return homeText.isEmpty() ? Optional.empty() : Optional.of(Path.of(homeText));
  }

  /** The built-in plugins' folder, the installed ones', then those given. */
  List<Path> pluginPath(Path dataDir, List<Path> more) {
    Stream<Path> ours =
        Stream.concat(
            home().map(h -> h.resolve("plugins")).stream(), Stream.of(installedPlugins(dataDir)));
    return Stream.concat(ours.filter(Files::isDirectory), more.stream()).toList();
  }

  /** Where {@code plugins install} puts plugins. */
  static Path installedPlugins(Path dataDir) {
    return dataDir.resolve("plugins");
  }

  /** The default data directory of {@code run}. */
  Path defaultDataDir() {
    return userHome.resolve(".millrace");
  }

  /** The default data directory of {@code demo}. */
  Path demoDataDir() {
    return defaultDataDir().resolve("demo");
  }
}

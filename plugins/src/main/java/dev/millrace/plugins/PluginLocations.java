package dev.millrace.plugins;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The plugin locations of a plugin path: archives, and directories of archives or classes (compat:
 * semantics §11). Used by one scan.
 */
final class PluginLocations {

  /** One location with all that its class loader needs. */
  record Location(Path path, List<URL> urls) {}

  private final List<PluginProblem> problems;

  PluginLocations(List<PluginProblem> problems) {
    this.problems = problems;
  }

  List<Location> of(List<Path> pluginPath) {
    List<Location> result = new ArrayList<>();
    for (Path element : pluginPath.stream().map(Path::toAbsolutePath).distinct().toList()) {
      try {
        addElement(element, result);
      } catch (IOException | UncheckedIOException e) {
        unreadable(element, e);
      }
    }
    return result;
  }

  private void addElement(Path element, List<Location> result) throws IOException {
    if (!Files.exists(element)) {
      problem(
          element,
          "The plugin path element '%s' does not exist and is skipped. Create it or take it out of"
              + " plugin.path.");
    } else if (isArchive(element)) {
      result.add(new Location(element, List.of(url(element))));
    } else if (Files.isDirectory(element)) {
      for (Path child : sorted(element)) {
        addChild(child, result);
      }
    } else {
      problem(
          element,
          "The plugin path element '%s' is neither a directory nor a jar or zip file and is"
              + " skipped.");
    }
  }

  private void addChild(Path child, List<Location> result) {
    try {
      if (isArchive(child)) {
        result.add(new Location(child, List.of(url(child))));
      } else if (Files.isDirectory(child)) {
        List<URL> urls = urlsOf(child);
        if (!urls.isEmpty()) {
          result.add(new Location(child, urls));
        }
      }
    } catch (IOException | UncheckedIOException e) {
      unreadable(child, e);
    }
  }

  /** The archives of a directory, or the directory itself where it is a tree of classes. */
  private List<URL> urlsOf(Path directory) throws IOException {
    List<URL> archives = new ArrayList<>();
    boolean classes = false;
    try (Stream<Path> files = Files.walk(directory, FileVisitOption.FOLLOW_LINKS)) {
      for (Path file : (Iterable<Path>) files.sorted()::iterator) {
        if (isArchive(file)) {
          archives.add(url(file));
        } else if (file.toString().endsWith(".class")) {
          classes = true;
        }
      }
    }
    if (classes && !archives.isEmpty()) {
      problem(
          directory,
          "The plugin directory '%s' holds both archives and class files; only the archives are"
              + " used. Keep one form.");
    }
    return archives.isEmpty() && classes ? List.of(url(directory)) : archives;
  }

  private static List<Path> sorted(Path directory) throws IOException {
    try (Stream<Path> children = Files.list(directory)) {
      return children.sorted().toList();
    }
  }

  private static boolean isArchive(Path file) {
    String name = file.toString().toLowerCase(Locale.ROOT);
    return (name.endsWith(".jar") || name.endsWith(".zip")) && Files.isRegularFile(file);
  }

  private static URL url(Path file) throws IOException {
    return file.toUri().toURL();
  }

  private void unreadable(Path path, Exception e) {
    problem(path, "The plugin location '%s' cannot be read and is skipped: " + e);
  }

  private void problem(Path path, String message) {
    problems.add(new PluginProblem(path.toString(), message.replace("%s", path.toString())));
  }
}

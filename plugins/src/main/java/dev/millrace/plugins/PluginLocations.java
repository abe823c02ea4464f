package dev.millrace.plugins;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The plugin locations of a plugin path: archives, and directories of archives or classes (compat:
 * semantics §11). Used by one scan.
 */
final class PluginLocations {

  /**
   * One location.
   *
   * @param roots the archives, or the folder of classes
   */
  record Location(Path path, List<Path> roots) {

    /** What its class loader reads. */
    List<URL> urls() {
      return roots.stream().map(PluginLocations::url).toList();
    }
  }

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
      result.add(new Location(element, List.of(element)));
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
        result.add(new Location(child, List.of(child)));
      } else if (Files.isDirectory(child)) {
        List<Path> roots = rootsOf(child);
        if (!roots.isEmpty()) {
          result.add(new Location(child, roots));
        }
      }
    } catch (IOException | UncheckedIOException e) {
      unreadable(child, e);
    }
  }

  /** The archives of a directory, or the directory itself where it is a tree of classes. */
  private List<Path> rootsOf(Path directory) throws IOException {
    Tree tree = new Tree();
    Files.walkFileTree(
        directory, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, tree);
    tree.unreadable.forEach(this::unreadable);
    if (tree.classes && !tree.archives.isEmpty()) {
      problem(
          directory,
          "The plugin directory '%s' holds both archives and class files; only the archives are"
              + " used. Keep one form.");
    }
    Collections.sort(tree.archives);
    return tree.archives.isEmpty() && tree.classes ? List.of(directory) : tree.archives;
  }

  /** Goes through a directory; a circle of links or an unreadable part is left out. */
  private static final class Tree extends SimpleFileVisitor<Path> {

    private final List<Path> archives = new ArrayList<>();
    private final Map<Path, IOException> unreadable = new TreeMap<>();
    private boolean classes;

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      if (isArchive(file)) {
        archives.add(file);
      } else if (file.toString().endsWith(".class")) {
        classes = true;
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
      if (!(e instanceof FileSystemLoopException)) unreadable.put(file, e);
      return FileVisitResult.CONTINUE;
    }
  }

  private static List<Path> sorted(Path directory) throws IOException {
    try (Stream<Path> children = Files.list(directory)) {
      return children.filter(c -> !c.getFileName().toString().startsWith(".")).sorted().toList();
    }
  }

  private static boolean isArchive(Path file) {
    String name = file.toString().toLowerCase(Locale.ROOT);
    return (name.endsWith(".jar") || name.endsWith(".zip")) && Files.isRegularFile(file);
  }

  private static URL url(Path file) {
    try {
      return file.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalStateException("every file has a URL", e);
    }
  }

  private void unreadable(Path path, Exception e) {
    problem(path, "The plugin location '%s' cannot be read and is skipped: " + e);
  }

  private void problem(Path path, String message) {
    problems.add(new PluginProblem(path.toString(), message.replace("%s", path.toString())));
  }
}

package dev.millrace.cli.install;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A folder of the plugin path that plugins are installed in, each in a folder of its own. A plugin
 * is there completely or not at all: what is in the making has a name that begins with a dot, which
 * scans leave out.
 *
 * @param path the folder
 */
public record PluginFolder(Path path) {
  private static final String NOTE = "millrace-plugin.properties";
  private static final String COORDINATES = "coordinates";

  /** Fills a new plugin's folder. */
  public interface Content {
    /** Writes the files; what it throws ends the installation. */
    void fill(Path folder) throws IOException;
  }

  /**
   * Whether it is installed.
   *
   * @throws InstallException when its folder holds something else
   */
  public boolean holds(Coordinates plugin) {
    Path folder = path.resolve(plugin.folder());
    if (!Files.exists(folder)) return false;
    String installed = coordinates(folder);
    if (installed.equals(plugin.toString())) return true;
    throw new InstallException(
        "%s cannot be installed: its folder %s holds %s. Remove that first, or install into another folder with --into."
            .formatted(plugin, folder, installed.isEmpty() ? "something else" : installed));
  }

  /**
   * Installs a plugin by filling a folder aside, checking it, and giving it its name.
   *
   * @param check gets the folder that holds the plugin's; what it throws ends the installation
   * @return the plugin's folder
   * @throws InstallException when a file cannot be written
   */
  public Path install(
      Coordinates plugin, Content content, java.util.function.Consumer<Path> check) {
    try {
      Files.createDirectories(path);
      Path aside = Files.createTempDirectory(path, ".installing-");
      try {
        Path fresh = Files.createDirectory(aside.resolve(plugin.folder()));
        content.fill(fresh);
        note(fresh, plugin);
        check.accept(aside);
        Path target = path.resolve(plugin.folder());
        return Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        delete(aside);
      }
    } catch (IOException e) {
      throw new InstallException(
          "%s cannot be installed in %s: %s. Nothing was installed.".formatted(plugin, path, e), e);
    }
  }

  private static void note(Path folder, Coordinates plugin) throws IOException {
    Properties note = new Properties();
    note.setProperty(COORDINATES, plugin.toString());
    try (Writer out = Files.newBufferedWriter(folder.resolve(NOTE))) {
      note.store(out, "installed by millrace plugins install");
    }
  }

  /**
   * Takes a plugin away.
   *
   * @param name its folder, its artifact if one version is there, or its coordinates
   * @return what was removed
   * @throws InstallException when it is not there, is not the only one, or cannot be deleted
   */
  public Path remove(String name) {
    List<Path> named = all().stream().filter(called(name)).toList();
    if (named.size() != 1) {
      throw new InstallException(
          named.isEmpty()
              ? "No plugin '%s' is installed in %s. Installed: %s.".formatted(name, path, names())
              : "'%s' names several plugins in %s: %s. Say which folder."
                  .formatted(name, path, names(named)));
    }
    Path folder = named.getFirst();
    try {
      Path aside = path.resolve(".removing-" + folder.getFileName());
      delete(aside);
      delete(Files.move(folder, aside, StandardCopyOption.ATOMIC_MOVE));
      return folder;
    } catch (IOException e) {
      throw new InstallException("%s cannot be removed: %s".formatted(folder, e), e);
    }
  }

  private Predicate<Path> called(String name) {
    return folder -> {
      String coordinates = coordinates(folder);
      return folder.getFileName().toString().equals(name)
          || coordinates.equals(name)
          || coordinates.contains(":" + name + ":")
          || coordinates.startsWith(name + ":");
    };
  }

  private static String coordinates(Path folder) {
    Properties note = new Properties();
    try (Reader in = Files.newBufferedReader(folder.resolve(NOTE))) {
      note.load(in);
    } catch (IOException | IllegalArgumentException e) {
      return ""; // somebody else put it there
    }
    return note.getProperty(COORDINATES, "");
  }

  private List<Path> all() {
    try (Stream<Path> children = Files.list(path)) {
      return children
          .filter(Files::isDirectory)
          .filter(folder -> !folder.getFileName().toString().startsWith("."))
          .sorted()
          .toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new InstallException("The folder %s cannot be read: %s".formatted(path, e), e);
    }
  }

  private String names() {
    List<Path> all = all();
    return all.isEmpty() ? "none" : names(all);
  }

  private static String names(List<Path> folders) {
    return String.join(", ", folders.stream().map(f -> f.getFileName().toString()).toList());
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) return;
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** The size of all files below, in bytes. */
  static Optional<Long> size(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return Optional.of(
          files.filter(Files::isRegularFile).mapToLong(f -> f.toFile().length()).sum());
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}

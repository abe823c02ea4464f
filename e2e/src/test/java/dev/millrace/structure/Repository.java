package dev.millrace.structure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The checkout this test runs in: its files and modules. Immutable; reads the file system. */
final class Repository {
  private static final int GIT_SECONDS = 120;

  private final Path root;
  private final List<String> files;

  private Repository(Path root, List<String> files) {
    this.root = root;
    this.files = files;
  }

  /** The repository around the working directory. */
  static Repository here() {
    Path at = Path.of("").toAbsolutePath();
    while (!Files.isRegularFile(at.resolve("model/pom.xml"))) {
      at = at.getParent();
      if (at == null) {
        throw new IllegalStateException("No folder above the working directory is the repository");
      }
    }
    return new Repository(at, filesUnder(at));
  }

  private static List<String> filesUnder(Path root) {
    try {
      List<String> tracked = tracked(root);
      List<String> all = tracked.isEmpty() ? walked(root) : tracked;
      return all.stream().filter(f -> Files.isRegularFile(root.resolve(f))).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is under version control; empty where git does not say. */
  private static List<String> tracked(Path root) throws IOException {
    Process git;
    try {
      git =
          new ProcessBuilder("git", "ls-files", "-z")
              .directory(root.toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException e) {
      return List.of(); // no git here
    }
    String output = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      boolean well = git.waitFor(GIT_SECONDS, TimeUnit.SECONDS) && git.exitValue() == 0;
      return well ? output.lines().flatMap(l -> Stream.of(l.split("\0", -1))).toList() : List.of();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    }
  }

  /** All files that are neither hidden nor built. */
  private static List<String> walked(Path root) throws IOException {
    try (Stream<Path> paths = Files.walk(root)) {
      return paths
          .filter(Files::isRegularFile)
          .map(path -> root.relativize(path).toString().replace('\\', '/'))
          .filter(f -> !f.contains("target/") && (!f.startsWith(".") || f.startsWith(".ci/")))
          .toList();
    }
  }

  Path root() {
    return root;
  }

  /** Paths below the root, with forward slashes, sorted. */
  List<String> files() {
    return files;
  }

  List<String> filesEndingIn(String ending) {
    return files.stream().filter(file -> file.endsWith(ending)).toList();
  }

  /** The production sources. */
  List<String> mainSources() {
    return filesEndingIn(".java").stream().filter(f -> f.contains("src/main/java/")).toList();
  }

  /** Folders of the modules that have production sources, such as {@code connectors/jdbc}. */
  List<String> modules() {
    return mainSources().stream()
        .map(f -> f.replaceFirst("/src/main/java/.*", ""))
        .distinct()
        .toList();
  }

  String read(String file) {
    try {
      return Files.readString(root.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + file, e);
    }
  }
}

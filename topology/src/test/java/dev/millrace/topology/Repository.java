package dev.millrace.topology;

import java.nio.file.Files;
import java.nio.file.Path;

/** Finds the files of this repository that tests read. */
final class Repository {
  private Repository() {}

  /** The folder that holds {@code examples}. */
  static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(folder.resolve("examples"))) {
      folder = folder.getParent();
    }
    return folder;
  }
}

package dev.millrace.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where a running Millrace answers: two small files in its data directory, there while it runs.
 * Stateless.
 */
final class Addresses {
  static final String REST = "rest.url";
  static final String KAFKA = "kafka.bootstrap";

  private Addresses() {}

  /** Notes the addresses of what runs in a data directory. */
  static void write(Path dataDir, String rest, String kafka) {
    try {
      Files.createDirectories(dataDir);
      Files.writeString(dataDir.resolve(REST), rest + "\n");
      Files.writeString(dataDir.resolve(KAFKA), kafka + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException("The folder " + dataDir + " cannot be written: " + e, e);
    }
  }

  /** Removes them, at a clean stop. */
  static void delete(Path dataDir) {
    try {
      Files.deleteIfExists(dataDir.resolve(REST));
      Files.deleteIfExists(dataDir.resolve(KAFKA));
    } catch (IOException e) {
      throw new UncheckedIOException("The folder " + dataDir + " cannot be written: " + e, e);
    }
  }

  /** An address from the first of the data directories that has it. */
  static Optional<String> find(List<Path> dataDirs, String file) {
    for (Path dir : dataDirs) {
      Path path = dir.resolve(file);
      if (Files.isReadable(path)) {
        try {
          return Optional.of(Files.readString(path).strip());
        } catch (IOException e) {
          throw new CommandFailure("The file " + path + " cannot be read: " + e, e);
        }
      }
    }
    return Optional.empty();
  }
}

package dev.millrace.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where a running Millrace answers: two small files in its data directory, there while it runs.
 * Immutable; written and deleted by whoever runs it.
 */
record Addresses(Path dataDir, String rest, String kafka) {
  static final String REST = "rest.url";
  static final String KAFKA = "kafka.bootstrap";

  /**
   * Notes the addresses of what runs in a data directory.
   *
   * @throws CommandFailure when that cannot be written
   */
  static Addresses write(Path dataDir, String rest, String kafka) {
    try {
      Files.createDirectories(dataDir);
      Files.writeString(dataDir.resolve(REST), rest + "\n");
      Files.writeString(dataDir.resolve(KAFKA), kafka + "\n");
      return new Addresses(dataDir, rest, kafka);
    } catch (IOException e) {
      throw unwritable(dataDir, e);
    }
  }

  /** Removes them, at a clean stop; those that another one wrote since are left. */
  void delete() {
    try {
      if (!read(REST).equals(rest)) return;
      Files.deleteIfExists(dataDir.resolve(REST));
      if (read(KAFKA).equals(kafka)) Files.deleteIfExists(dataDir.resolve(KAFKA));
    } catch (IOException e) {
      throw unwritable(dataDir, e);
    }
  }

  private String read(String file) throws IOException {
    try {
      return Files.readString(dataDir.resolve(file)).strip();
    } catch (NoSuchFileException e) {
      return "";
    }
  }

  /** What to say when a data directory cannot be used. */
  static CommandFailure unwritable(Path dataDir, IOException error) {
    return new CommandFailure(
        "The data directory %s cannot be written: %s. Make it a folder that this user may write, or choose another one."
            .formatted(dataDir, error),
        error);
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

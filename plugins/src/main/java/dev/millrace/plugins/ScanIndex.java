package dev.millrace.plugins;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers what scans found, one file for each location and mode, so that a location that did not
 * change is not scanned again. A file that is damaged, outdated or unreadable means a scan, never a
 * failure. Thread-safe: files are replaced as a whole, also by several workers at once.
 */
public final class ScanIndex {

  private static final Logger LOG = LoggerFactory.getLogger(ScanIndex.class);

  /** No folder, or the one. */
  private final List<Path> folders;

  private ScanIndex(List<Path> folders) {
    this.folders = folders;
  }

  /** Remembers nothing. */
  static ScanIndex none() {
    return new ScanIndex(List.of());
  }

  /**
   * Keeps its files in a folder, which is made when it is needed; but not its parent: who only
   * looks leaves no data directory behind.
   */
  static ScanIndex in(Path folder) {
    return new ScanIndex(List.of(folder));
  }

  /** What was found when the location was as it is. */
  Optional<Found> find(String location, String fingerprint) {
    return folders.stream().findFirst().flatMap(f -> read(file(f, location), fingerprint));
  }

  /** Remembers what was found. */
  void store(String location, String fingerprint, Found found) {
    folders.stream()
        .filter(folder -> Files.isDirectory(folder.toAbsolutePath().getParent()))
        .forEach(folder -> write(file(folder, location), fingerprint, found));
  }

  private static Path file(Path folder, String location) {
    return folder.resolve(Fingerprint.name(location) + ".index");
  }

  private static Optional<Found> read(Path file, String fingerprint) {
    try {
      return FoundText.read(Files.readString(file), fingerprint);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      LOG.debug("The plugin index {} is of no use and will be replaced: {}", file, e.toString());
      return Optional.empty();
    }
  }

  private static void write(Path file, String fingerprint, Found found) {
    try {
      Files.createDirectories(file.getParent());
      Path fresh = Files.createTempFile(file.getParent(), "new", ".tmp");
      Files.writeString(fresh, FoundText.write(found, fingerprint));
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      LOG.info(
          "The plugin index {} cannot be written, so the next start scans again: {}",
          file,
          e.toString());
    }
  }
}

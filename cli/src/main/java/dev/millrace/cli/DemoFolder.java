package dev.millrace.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A data directory of the demo, and how it is emptied. Immutable. */
record DemoFolder(Path path) {
  private static final String CONFIG_LOG = "config.log";

  /** The database, which only a demo has in its data directory. */
  private static final String DATABASE = "mariadb";

  /**
   * What the demo puts into its data directory, and nothing else is removed; the database last, so
   * that what is removed in part is still known as a demo's.
   */
  private static final List<String> OWN =
      List.of("kafka", "state", CONFIG_LOG, Addresses.REST, Addresses.KAFKA, DATABASE);

  /**
   * Throws away what earlier demos left.
   *
   * @throws CommandFailure when it is no demo's folder or in use, with nothing deleted; or when
   *     something cannot be deleted
   */
  void reset() {
    List<String> there = OWN.stream().filter(name -> Files.exists(path.resolve(name))).toList();
    if (there.isEmpty()) return;
    if (!there.contains(DATABASE)) {
      throw new CommandFailure(
          "%s is no data directory of a demo: it has %s, but no %s. Nothing was deleted. Give another one with --data-dir, or delete these yourself."
              .formatted(path, String.join(", ", there), DATABASE));
    }
    if (isInUse()) {
      throw new CommandFailure(
          "A Millrace runs in %s. Nothing was deleted. Stop it, then try again.".formatted(path));
    }
    there.forEach(name -> delete(path.resolve(name)));
  }

  /** Whoever runs there has locked its config log. */
  private boolean isInUse() {
    Path log = path.resolve(CONFIG_LOG);
    if (!Files.exists(log)) return false;
    try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      return lock == null;
    } catch (OverlappingFileLockException e) {
      return true; // by a worker of this process
    } catch (IOException e) {
      throw new CommandFailure(
          "%s cannot be opened: %s. Nothing was deleted.".formatted(log, e), e);
    }
  }

  private static void delete(Path path) {
    try (Stream<Path> tree = Files.walk(path)) {
      for (Path each : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    } catch (IOException e) {
      throw new CommandFailure(
          "%s cannot be deleted: %s. Does a demo still run there?".formatted(path, e), e);
    }
  }
}

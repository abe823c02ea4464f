package dev.millrace.worker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a worker of Kafka Connect's files keeps what it needs on its machine, when the file does
 * not say. Workers of one machine differ by their ports; one with any free port has a folder that
 * is gone when it stops.
 *
 * @param temporary whether it is to be deleted with the worker
 */
record DataFolder(Path path, boolean temporary) {

  private static final Logger LOG = LoggerFactory.getLogger(DataFolder.class);
  private static final String USUAL_PORT = "8083";
  private static final Pattern PORT = Pattern.compile(":(\\d{1,5})\\s*(,|$)");
  private static final Pattern UNFIT = Pattern.compile("[^A-Za-z0-9._-]");

  /** That of a worker with these settings. */
  static DataFolder of(Map<String, String> settings) {
    String port = port(settings.get(WorkerSettings.LISTENERS));
    if (Integer.parseInt(port) == 0) {
      Path folder = Path.of(System.getProperty("java.io.tmpdir"), "millrace-" + UUID.randomUUID());
      return new DataFolder(folder, true);
    }
    String group = settings.getOrDefault(WorkerSettings.GROUP_ID, "standalone");
    String name = UNFIT.matcher(group).replaceAll("_") + "-" + port;
    return new DataFolder(workers().resolve(name), false);
  }

  /** Where the folders of a user's workers are. */
  static Path workers() {
    return Path.of(System.getProperty("user.home"), ".millrace", "workers");
  }

  /** Makes what a worker with a temporary folder leaves to the next one, if it can. */
  static void prepareShared() {
    try {
      Files.createDirectories(workers());
    } catch (IOException e) {
      LOG.debug("The folder {} cannot be made; plugins are scanned at each start", workers(), e);
    }
  }

  /** Deletes what a worker leaves; what cannot be deleted stays, and is named. */
  static void delete(Path folder) {
    if (!Files.exists(folder)) return;
    try (var all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(path);
    } catch (IOException | UncheckedIOException e) {
      LOG.warn("The temporary folder {} could not be deleted: {}", folder, e.toString());
    }
  }

  private static String port(String listeners) {
    if (listeners == null) return USUAL_PORT;
    Matcher found = PORT.matcher(listeners);
    return found.find() ? found.group(1) : USUAL_PORT;
  }
}

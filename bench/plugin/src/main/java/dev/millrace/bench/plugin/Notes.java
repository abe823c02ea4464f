package dev.millrace.bench.plugin;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/**
 * What happens to a connector and its tasks, written down by themselves: one line for each event in
 * a file of each process, so that it is there also after a kill. Immutable.
 *
 * @param settings of a connector or a task
 */
record Notes(Map<String, String> settings) {

  /** The folder of the files. */
  static final String FOLDER = "bench.notes";

  /** Whatever tells one configuration from another. */
  static final String VALUE = "bench.value";

  /** The task's number. */
  static final String TASK = "bench.task";

  private static final long PID = ProcessHandle.current().pid();

  /** Writes: milliseconds since 1970, what, connector, task, value, process. */
  void write(String what) {
    String line =
        String.join(
            " ",
            Long.toString(System.currentTimeMillis()),
            what,
            settings.get("name"),
            settings.getOrDefault(TASK, "-1"),
            settings.getOrDefault(VALUE, "-"),
            Long.toString(PID));
    append(Path.of(settings.get(FOLDER), PID + ".notes"), line + "\n");
  }

  private static synchronized void append(Path file, String line) {
    try {
      Files.writeString(file, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

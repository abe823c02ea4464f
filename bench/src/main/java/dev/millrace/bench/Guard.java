package dev.millrace.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A shell that does one thing when this program is over, however it ended, also by {@code SIGKILL}:
 * its input is a pipe from here, and ends with it. Signals of the terminal do not reach it. Used by
 * one thread.
 */
final class Guard implements AutoCloseable {

  private static final String WAIT = "trap '' HUP INT TERM; ";
  private static final String KILL = "read -r told; kill -KILL \"$0\"";

  /** Whoever writes into the folder may have to be killed first. */
  private static final String DELETE =
      "read -r told || sleep 1; for try in 1 2 3 4 5; do rm -rf -- \"$0\" && exit; sleep 1; done";

  private final Process shell;

  private Guard(String script, String argument) throws IOException {
    this.shell =
        new ProcessBuilder(List.of("sh", "-c", WAIT + script, argument))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
  }

  /** Kills a process that outlives this program. */
  static Guard killing(Process process) throws IOException {
    return new Guard(KILL, Long.toString(process.pid()));
  }

  /** Deletes a folder. */
  static Guard deleting(Path folder) throws IOException {
    return new Guard(DELETE, folder.toString());
  }

  /** Is not needed any more: what it guards against cannot happen. */
  void dismiss() {
    shell.destroyForcibly();
  }

  /** Does it now, and waits for that. */
  @Override
  public void close() throws IOException {
    try (var input = shell.outputWriter()) {
      input.write("now\n");
    }
    try {
      shell.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A folder that is there as long as it is open, and this program runs. */
  record Folder(Path path, Guard guard) implements AutoCloseable {
    static Folder create() throws IOException {
      Path path = Files.createTempDirectory("millrace-bench-");
      return new Folder(path, Guard.deleting(path));
    }

    @Override
    public void close() throws IOException {
      guard.close();
    }
  }
}

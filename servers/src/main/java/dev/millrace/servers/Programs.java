package dev.millrace.servers;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;

/**
 * Starts programs that may have been unpacked a moment ago. While they were written, another thread
 * may have started a process, which has a copy of the open file until it runs: Linux executes no
 * file that is open for writing anywhere (ETXTBSY, "Text file busy"). Stateless.
 */
final class Programs {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Pattern BUSY = Pattern.compile("error[=:] ?26\\b");

  private Programs() {}

  /**
   * Starts it, as soon as no process has its file open for writing.
   *
   * @throws IOException if it cannot be started, or its file stays open for half a minute
   */
  static Process start(ProcessBuilder program) throws IOException {
    AtomicReference<IOException> failure = new AtomicReference<>();
    AtomicReference<Process> started = new AtomicReference<>();
    Await.until(
        PATIENCE,
        () -> {
          try {
            started.set(program.start());
            return true;
          } catch (IOException e) {
            failure.set(e);
            return !BUSY.matcher(String.valueOf(e.getMessage())).find();
          }
        });
    if (started.get() == null) {
      throw failure.get();
    }
    return started.get();
  }

  /** Waits until the program can be started, which it is, with {@code --version}. */
  static void awaitRunnable(Path program) throws IOException {
    Process process =
        start(
            new ProcessBuilder(program.toString(), "--version")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD));
    try {
      process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      process.destroyForcibly();
    }
  }
}

package dev.millrace.plugins;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Asks plugins of a scan for their versions, each on a thread of its own: their constructors may
 * hang. A thread that does is left behind. Used by one scan.
 */
final class VersionAsker {

  /** A plugin did not answer in time. */
  static final class Hung extends Exception {
    private static final long serialVersionUID = 1L;

    private Hung(Duration patience, Throwable cause) {
      super(
          "its constructor or version() did not end within " + patience.toSeconds() + " s", cause);
    }
  }

  private final Duration patience;

  VersionAsker(Duration patience) {
    this.patience = patience;
  }

  /**
   * The version of a plugin class.
   *
   * @throws Hung when the plugin takes too long
   * @throws Throwable what the plugin threw
   */
  String version(Class<?> type, ClassLoader loader) throws Throwable {
    var asked = new FutureTask<>(() -> PluginClass.version(type, loader));
    Thread thread = Thread.ofPlatform().daemon().name("plugin-scan-" + type.getName()).start(asked);
    try {
      return asked.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw e.getCause();
    } catch (TimeoutException e) {
      thread.interrupt();
      throw new Hung(patience, e);
    }
  }
}

package dev.millrace.worker.offsets;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One call of plugin code on a thread of its own, which is left behind when it hangs. */
final class PluginCall {

  private PluginCall() {}

  /**
   * Runs it with the plugin's loader as context loader.
   *
   * @throws OffsetException when it throws, or takes longer than a request may
   */
  static <T> T run(String connector, ClassLoader loader, Callable<T> call) {
    var task = new FutureTask<>(call);
    var thread = Thread.ofPlatform().daemon().name("offsets-" + connector).unstarted(task);
    thread.setContextClassLoader(loader);
    thread.start();
    try {
      return task.get(OffsetAdmin.DEADLINE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw failed(connector, e.getCause());
    } catch (TimeoutException e) {
      throw OffsetException.failed(
          "Request timed out. The worker is currently modifying offsets for connector "
              + connector
              + ".",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw OffsetException.failed("Request interrupted", e);
    }
  }

  private static OffsetException failed(String connector, Throwable cause) {
    return switch (cause) {
      case OffsetException own -> own;
      case UnsupportedOperationException e ->
          OffsetException.failed(
              "Failed to modify offsets for connector %s because it doesn't support external modification of offsets"
                  .formatted(connector),
              e);
      default -> OffsetException.failed(cause.getMessage(), cause);
    };
  }
}

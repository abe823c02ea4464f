package dev.millrace.worker.offsets;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Calls of plugin code on threads of their own, which are left behind when they hang. */
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
    var patience = Duration.ofSeconds(OffsetAdmin.DEADLINE_SECONDS);
    return await(task, patience, "modifying offsets for connector " + connector, connector);
  }

  /**
   * What a connector is, by config providers, on a virtual thread: whoever only wants to know where
   * it has got to may ask often.
   *
   * @throws OffsetException when it throws, or takes longer than that
   */
  static <T> T resolve(String connector, Duration atMost, Callable<T> call) {
    var task = new FutureTask<>(call);
    Thread.ofVirtual().name("offsets-" + connector).start(task);
    return await(task, atMost, "resolving the configuration of connector " + connector, connector);
  }

  private static <T> T await(FutureTask<T> task, Duration atMost, String doing, String connector) {
    try {
      return task.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw failed(connector, e.getCause());
    } catch (TimeoutException e) {
      throw OffsetException.failed(
          "Request timed out. The worker is currently %s.".formatted(doing), e);
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

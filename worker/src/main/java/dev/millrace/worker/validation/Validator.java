package dev.millrace.worker.validation;

import dev.millrace.plugins.PluginCatalog;
import dev.millrace.worker.preflight.ClientOverrides;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;

/**
 * Checks connector configurations (compat: connector config §8). Thread-safe. Each check runs on a
 * thread of its own, since it calls plugin code that may hang; at most so many at a time.
 */
public final class Validator {

  private static final int AT_ONCE = 16;
  private static final Duration DEADLINE = Duration.ofSeconds(90);

  private final ConnectorCheck check;
  private final Semaphore places = new Semaphore(AT_ONCE);

  /**
   * A validator.
   *
   * @param resolver fills placeholders in; is given no null values
   */
  public Validator(
      PluginCatalog catalog,
      UnaryOperator<Map<String, String>> resolver,
      WorkerView worker,
      ClientOverrides overrides) {
    this.check = new ConnectorCheck(catalog, resolver, worker, overrides);
  }

  /**
   * What is to be said of a configuration.
   *
   * @param raw as the user gave it; a null value is one of the problems
   * @throws ValidationException when the check itself is impossible
   */
  public Validation validate(Map<String, String> raw) {
    var task = new FutureTask<>(() -> check.check(raw));
    if (!places.tryAcquire()) {
      throw new ValidationException(
          ValidationException.Kind.TIMED_OUT,
          "%d connector validations are under way; try again later".formatted(AT_ONCE),
          null);
    }
    Thread.ofPlatform()
        .daemon()
        .name("validation-" + raw.get(FrameworkKeys.NAME))
        .start(
            () -> {
              try {
                task.run();
              } finally {
                places.release();
              }
            });
    return await(task);
  }

  private static Validation await(FutureTask<Validation> task) {
    try {
      return task.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw failed(e.getCause());
    } catch (TimeoutException e) {
      throw new ValidationException(
          ValidationException.Kind.TIMED_OUT,
          "Request timed out. The worker is currently performing multi-property validation for the"
              + " connector",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed(e);
    }
  }

  private static ValidationException failed(Throwable cause) {
    if (cause instanceof ValidationException own) return own;
    return new ValidationException(ValidationException.Kind.FAILED, cause.getMessage(), cause);
  }
}

package dev.millrace.worker.validation;

import dev.millrace.engine.Traces;
import dev.millrace.plugins.PluginCatalog;
import dev.millrace.plugins.PluginException;
import dev.millrace.worker.preflight.ClientOverrides;
import dev.millrace.worker.threads.LentThreads;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks connector configurations (compat: connector config §8). Thread-safe. Each check has a
 * thread to itself, since it calls plugin code that may hang; of each connector class at most so
 * many at a time, so that one that hangs keeps none of the others from being checked.
 */
public final class Validator {

  private static final Logger LOG = LoggerFactory.getLogger(Validator.class);

  /** Of one connector class; so the number of threads is bounded by what is installed. */
  private static final int AT_ONCE = 16;

  private final PluginCatalog catalog;
  private final Function<Map<String, String>, Resolution> resolver;
  private final ConnectorCheck check;
  private final Supplier<Duration> deadline;
  private final Map<String, Semaphore> places = new ConcurrentHashMap<>();
  private final LentThreads threads = new LentThreads("validation-idle");

  /**
   * A validator.
   *
   * @param resolver fills placeholders in; is given no null values
   * @param deadline how long a validation may take
   */
  public Validator(
      PluginCatalog catalog,
      Function<Map<String, String>, Resolution> resolver,
      WorkerView worker,
      ClientOverrides overrides,
      Supplier<Duration> deadline) {
    this.catalog = catalog;
    this.resolver = resolver;
    this.check = new ConnectorCheck(catalog, worker, overrides);
    this.deadline = deadline;
  }

  /**
   * What is to be said of a configuration. Values of placeholders are not part of it.
   *
   * @param raw as the user gave it; a null value is one of the problems
   * @throws ValidationException when the check itself is impossible
   */
  public Validation validate(Map<String, String> raw) {
    var progress = new Progress();
    var task = new FutureTask<>(() -> checked(raw, progress));
    var mine = place(raw);
    threads.run(
        "validation-" + raw.get(FrameworkKeys.NAME),
        () -> {
          try {
            task.run();
          } finally {
            mine.release();
          }
        });
    return await(task, progress);
  }

  /** A place among the validations of the connector's class, or an error that says who has them. */
  private Semaphore place(Map<String, String> raw) {
    String name = className(raw);
    var mine = places.computeIfAbsent(name, n -> new Semaphore(AT_ONCE));
    if (mine.tryAcquire()) return mine;
    throw new ValidationException(
        ValidationException.Kind.TIMED_OUT,
        ("%d validations of connector class %s are under way and have not come back; its code, or a"
                + " config provider, may hang. Other classes can be validated. Look at the worker's"
                + " threads named validation-…, or try again later.")
            .formatted(AT_ONCE, name),
        null);
  }

  /** Of what is installed; all that is not shares one name. */
  private String className(Map<String, String> raw) {
    String given = raw.get(FrameworkKeys.CLASS);
    if (given == null) return "(none)";
    try {
      return catalog.connector(given).className();
    } catch (PluginException e) {
      return "(unknown)";
    }
  }

  @SuppressWarnings("CatchingUnchecked") // plugin code may throw anything, also sneakily
  private Validation checked(Map<String, String> raw, Progress progress) {
    var given = new HashMap<>(raw);
    given.values().removeIf(Objects::isNull);
    progress.is("resolving transformed configuration properties for the connector");
    var resolved = resolver.apply(given);
    try {
      return new Veil(resolved.hidden()).over(check.check(raw, resolved.config(), progress));
    } catch (ValidationException e) {
      throw e.hidden(resolved.hidden());
    } catch (Throwable e) {
      LOG.warn(
          "The validation of connector {} failed: {}",
          raw.get(FrameworkKeys.NAME),
          resolved.hidden().apply(Traces.of(e)));
      throw failed(e).hidden(resolved.hidden());
    }
  }

  private Validation await(FutureTask<Validation> task, Progress progress) {
    try {
      return task.get(deadline.get().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw failed(e.getCause());
    } catch (TimeoutException e) {
      throw new ValidationException(
          ValidationException.Kind.TIMED_OUT,
          "Request timed out. The worker is currently " + progress,
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

package dev.millrace.worker;

import dev.millrace.engine.Helper;
import dev.millrace.model.WorkId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.MDC;

/**
 * Threads that help the thread of one task: there while there is work for them, and for some
 * seconds after it, so that none is made for each batch. They have the context class loader and the
 * log context of whoever asks first. Thread-safe.
 */
final class HelperThreads implements Helper, AutoCloseable {

  private static final Duration IDLE = Duration.ofSeconds(5);

  private final String name;
  private final Set<Thread> present = ConcurrentHashMap.newKeySet();
  private final ThreadPoolExecutor pool =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE, // who asks bounds them
          IDLE.toMillis(),
          TimeUnit.MILLISECONDS,
          new SynchronousQueue<>(),
          this::made);
  private final Helper helper = Helper.by(pool);

  /** No thread yet. */
  HelperThreads(WorkId id) {
    this.name = "task-helper-" + id;
  }

  private Thread made(Runnable work) {
    Map<String, String> context = Optional.ofNullable(MDC.getCopyOfContextMap()).orElse(Map.of());
    return Thread.ofPlatform().daemon().name(name).unstarted(() -> lives(work, context));
  }

  private void lives(Runnable work, Map<String, String> context) {
    MDC.setContextMap(context);
    present.add(Thread.currentThread());
    try {
      work.run();
    } finally {
      present.remove(Thread.currentThread());
    }
  }

  @Override
  public void help(BooleanSupplier step) {
    helper.help(step);
  }

  /** Those that are there now; some may have nothing to do. */
  List<Thread> present() {
    return List.copyOf(present);
  }

  /** The task is over: they end when they have done what they are at. */
  @Override
  public void close() {
    pool.shutdown();
  }
}

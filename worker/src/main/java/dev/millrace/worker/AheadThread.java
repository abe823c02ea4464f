package dev.millrace.worker;

import dev.millrace.model.WorkId;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.MDC;

/**
 * The thread that converts records ahead of a sink task, beside the task's own. There is at most
 * one, it ends when idle, and it logs as the task does. Thread-safe.
 */
final class AheadThread implements Executor {
  private static final long IDLE_SECONDS = 1;

  private final WorkId id;
  private final ThreadPoolExecutor threads;
  private volatile Thread busy;

  /** No thread yet. */
  AheadThread(WorkId id) {
    this.id = id;
    this.threads =
        new ThreadPoolExecutor(
            1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new ArrayBlockingQueue<>(1), this::thread);
    threads.allowCoreThreadTimeOut(true);
  }

  @Override
  public void execute(Runnable piece) {
    threads.execute(
        () -> {
          busy = Thread.currentThread();
          try {
            piece.run();
          } finally {
            busy = null;
          }
        });
  }

  /** The thread while it converts. */
  Optional<Thread> busy() {
    return Optional.ofNullable(busy);
  }

  private Thread thread(Runnable task) {
    Runnable named =
        () -> {
          MDC.put(Post.CONTEXT, Post.logContext(id));
          task.run();
        };
    Thread thread = new Thread(named, "task-ahead-" + id);
    thread.setDaemon(true);
    thread.setContextClassLoader(AheadThread.class.getClassLoader());
    return thread;
  }
}

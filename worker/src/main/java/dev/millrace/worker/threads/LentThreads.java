package dev.millrace.worker.threads;

import java.time.Duration;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.MDC;

/**
 * Platform threads for what comes again and again and is soon over: one that has nothing to do is
 * kept for a while, since to begin a new one takes longer than to wake it, and whoever begins one
 * waits until it is there. There are as many as there is to do at once. Each bears the name of what
 * it does. What plugin code leaves behind on a thread is put right before it does something else:
 * name, context loader, interrupt, priority and logging context. Thread-safe.
 */
public final class LentThreads implements AutoCloseable {

  private static final Duration KEPT = Duration.ofSeconds(10);

  private final String idleName;
  private final ClassLoader loader = Thread.currentThread().getContextClassLoader();
  private final ThreadPoolExecutor threads;

  /**
   * No thread yet. Those that come have the context loader of the calling thread.
   *
   * @param idleName name of those that have nothing to do
   */
  public LentThreads(String idleName) {
    this.idleName = idleName;
    this.threads =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            KEPT.toSeconds(),
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            this::made,
            (task, closed) -> made(task).start());
  }

  private Thread made(Runnable task) {
    return Thread.ofPlatform()
        .daemon()
        .inheritInheritableThreadLocals(false)
        .name(idleName)
        .unstarted(task);
  }

  /** Has it done by a thread of that name. Never waits for it; works also after {@link #close}. */
  public void run(String name, Runnable task) {
    threads.execute(() -> lend(name, task));
  }

  @SuppressWarnings("ThreadPriorityCheck") // a plugin's is taken back
  private void lend(String name, Runnable task) {
    var thread = Thread.currentThread();
    thread.setName(name);
    thread.setContextClassLoader(loader);
    try {
      task.run();
    } finally {
      thread.setName(idleName);
      thread.setContextClassLoader(loader);
      thread.setPriority(Thread.NORM_PRIORITY);
      MDC.clear();
      var unused = Thread.interrupted(); // was meant for what is over
    }
  }

  /** Threads that have nothing to do end at once, the others when what they do is over. */
  @Override
  public void close() {
    threads.shutdown();
  }
}

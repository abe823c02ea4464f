package dev.millrace.worker;

import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that poll in place of sink tasks whose own code takes long: at most one for each such
 * task, and one more to close the consumer of a task that does not stop. They end when idle.
 * Thread-safe.
 */
final class SlowSinks implements Executor {
  private static final long IDLE_SECONDS = 10;

  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          IDLE_SECONDS,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          SlowSinks::thread);

  @Override
  public void execute(Runnable piece) {
    threads.execute(piece);
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "slow-sink");
    thread.setDaemon(true);
    thread.setContextClassLoader(SlowSinks.class.getClassLoader());
    return thread;
  }
}

package dev.millrace.engine;

import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs plugin code with its own class loader as context loader. Stateless. */
public final class Loaders {
  private static final Logger LOG = LoggerFactory.getLogger(Loaders.class);

  private Loaders() {}

  /** Code that may throw. */
  @FunctionalInterface
  public interface Action {
    /** Runs it. */
    void run() throws Exception;
  }

  /**
   * Forgets that the calling thread was interrupted. Nobody but plugin code interrupts the work's
   * thread: signals come by other ways.
   */
  public static void dropInterrupt() {
    boolean dropped = Thread.interrupted();
    if (dropped) {
      LOG.debug("A plugin has left its thread interrupted; the interrupt is dropped");
    }
  }

  /** The calling thread's context loader, to {@link #leave} with after {@link #use}. */
  public static ClassLoader present() {
    return Thread.currentThread().getContextClassLoader();
  }

  /**
   * Makes the loader the calling thread's context loader. One that is it already is not set again:
   * storing a reference in an object as old as a thread costs a memory fence.
   */
  public static void use(ClassLoader loader) {
    Thread thread = Thread.currentThread();
    if (thread.getContextClassLoader() != loader) {
      thread.setContextClassLoader(loader);
    }
  }

  /** Makes the loader the context loader; returns the one to {@link #leave} with. */
  public static ClassLoader enter(ClassLoader loader) {
    ClassLoader before = present();
    use(loader);
    return before;
  }

  /** Puts the former context loader back. */
  public static void leave(ClassLoader before) {
    use(before);
  }

  /** Calls with the loader as context loader, and puts the former one back. */
  public static <T> T call(ClassLoader loader, Callable<T> code) throws Exception {
    ClassLoader before = enter(loader);
    try {
      return code.call();
    } finally {
      leave(before);
    }
  }

  /** Runs with the loader as context loader, and puts the former one back. */
  public static void run(ClassLoader loader, Action code) throws Exception {
    call(
        loader,
        () -> {
          code.run();
          return true;
        });
  }
}

package dev.millrace.engine;

import java.util.concurrent.Callable;

/** Runs plugin code with its own class loader as context loader. Stateless. */
public final class Loaders {
  private Loaders() {}

  /** Code that may throw. */
  @FunctionalInterface
  public interface Action {
    /** Runs it. */
    void run() throws Exception;
  }

  /** Calls with the loader as context loader, and puts the former one back. */
  public static <T> T call(ClassLoader loader, Callable<T> code) throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      return code.call();
    } finally {
      thread.setContextClassLoader(before);
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

package dev.millrace.plugins;

/** Runs plugin code with the plugin's loader as the thread's context loader. */
final class ContextLoader {

  /** Something that may fail as reflection does. */
  interface Call<T> {
    T run() throws ReflectiveOperationException;
  }

  private ContextLoader() {}

  static <T> T call(ClassLoader loader, Call<T> call) throws ReflectiveOperationException {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      return call.run();
    } finally {
      thread.setContextClassLoader(before);
    }
  }
}

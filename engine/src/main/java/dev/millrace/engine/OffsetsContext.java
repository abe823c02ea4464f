package dev.millrace.engine;

import org.slf4j.MDC;

/** Marks what a task logs while offsets are committed (compat: semantics §13). Stateless. */
public final class OffsetsContext {
  private static final String KEY = "connector.context";

  private OffsetsContext() {}

  /** Runs it with {@code |offsets} in the log context of the calling thread, and puts it back. */
  public static void run(Loaders.Action code) throws Exception {
    String before = MDC.get(KEY);
    if (before == null || before.endsWith("|offsets] ")) {
      code.run();
      return;
    }
    MDC.put(KEY, before.replace("] ", "|offsets] "));
    try {
      code.run();
    } finally {
      MDC.put(KEY, before);
    }
  }
}

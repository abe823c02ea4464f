package dev.millrace.engine;

import java.io.PrintWriter;
import java.io.StringWriter;

/** Stack traces as text, of whatever a plugin has thrown. Stateless. */
public final class Traces {
  private Traces() {}

  /** The trace. One that cannot be printed, since the plugin's own methods fail, is named only. */
  @SuppressWarnings("CatchingUnchecked") // a plugin's exception may throw anything, also sneakily
  public static String of(Throwable error) {
    try {
      StringWriter text = new StringWriter();
      error.printStackTrace(new PrintWriter(text));
      return text.toString();
    } catch (Throwable e) {
      return unprintable(error);
    }
  }

  /** What toString gives, likewise. */
  @SuppressWarnings("CatchingUnchecked") // as above
  public static String line(Throwable error) {
    try {
      return String.valueOf(error);
    } catch (Throwable e) {
      return unprintable(error);
    }
  }

  private static String unprintable(Throwable error) {
    return error.getClass().getName() + ", which cannot be printed";
  }
}

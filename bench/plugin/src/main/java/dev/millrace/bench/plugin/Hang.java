package dev.millrace.bench.plugin;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Plugin code that does not return, as long as a file is there. */
final class Hang {

  /** The method that shall not return. */
  static final String METHOD = "bench.hang";

  private static final String FILE = "bench.hang.file"; // a system property
  private static final long LOOK_MS = 20;

  private Hang() {}

  /** Hangs when these settings name the method. */
  static void in(String method, Map<String, String> settings) {
    if (method.equals(settings.get(METHOD))) now();
  }

  /** Hangs; an interrupt does not help. */
  static void now() {
    Path file = Path.of(System.getProperty(FILE));
    while (Files.exists(file)) {
      try {
        Thread.sleep(LOOK_MS);
      } catch (InterruptedException e) {
        Thread.interrupted(); // that is how a bad plugin is
      }
    }
  }
}

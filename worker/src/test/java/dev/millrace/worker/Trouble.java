package dev.millrace.worker;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.connect.errors.ConnectException;

/** Plugin code that hangs or breaks in the method its configuration names. */
final class Trouble {
  static final String AT = "trouble.at";
  static final String HOW = "trouble.how";
  static final String HANG = "hang";

  /** A setting without trouble, and the place to which a task with it comes. */
  static final String MENDED = "mended";

  /** Errors that plugins throw; the two of memory and stack are real ones. */
  static final List<String> ERRORS =
      List.of(
          "NoClassDefFoundError",
          "StackOverflowError",
          "OutOfMemoryError",
          "AssertionError",
          "LinkageError",
          "ExceptionInInitializerError",
          "ThreadDeath");

  private static final Set<String> REACHED = ConcurrentHashMap.newKeySet();
  private static volatile Map<String, String> constructors = Map.of();

  private Trouble() {}

  /** Constructors get no configuration: the next one at this place has this trouble. */
  static void inConstructors(Map<String, String> config) {
    constructors = config;
  }

  /** A task has been started with a configuration that somebody has mended. */
  static void startsMended() {
    REACHED.add(MENDED);
  }

  /** Whether plugin code has come to that place. */
  static boolean reached(String place) {
    return REACHED.contains(place);
  }

  static void forget() {
    REACHED.clear();
    constructors = Map.of();
  }

  static void inConstructor(String place) {
    at(place, constructors);
  }

  static void at(String place, Map<String, ?> config) {
    if (config == null || !place.equals(config.get(AT))) return;
    REACHED.add(place);
    String how = String.valueOf(config.get(HOW));
    if (how.equals(HANG)) hang();
    throw error(how);
  }

  private static Error error(String name) {
    return switch (name) {
      case "NoClassDefFoundError" -> new NoClassDefFoundError("told/to/fail");
      case "StackOverflowError" -> new StackOverflowError("" + depth(1));
      case "OutOfMemoryError" -> new OutOfMemoryError("" + new byte[Integer.MAX_VALUE].length);
      case "AssertionError" -> new AssertionError("told to fail");
      case "LinkageError" -> new LinkageError("told to fail");
      case "ExceptionInInitializerError" ->
          new ExceptionInInitializerError(new ConnectException("told to fail"));
      case "ThreadDeath" -> new ThreadEnd();
      default -> throw new IllegalArgumentException(name);
    };
  }

  @SuppressWarnings("InfiniteRecursion") // that is the point
  private static int depth(int level) {
    return depth(level + 1) + 1;
  }

  /** As java.lang.ThreadDeath, which is on its way out of the JDK. */
  private static final class ThreadEnd extends Error {
    private static final long serialVersionUID = 1L;

    private ThreadEnd() {
      super("ThreadDeath");
    }
  }

  /** Blocks and ignores interrupts, as bad plugins do. */
  private static void hang() {
    var never = new CountDownLatch(1);
    while (true) {
      try {
        never.await();
      } catch (InterruptedException ignored) { // as bad plugins do
      }
    }
  }
}

package dev.millrace.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The Java that runs the reference.
 *
 * @param home of the JDK
 * @param label what tables add to the reference's name; empty when it is ours
 */
record ReferenceJava(Path home, String label) {

  private static final Pattern VERSION = Pattern.compile("(?m)^JAVA_VERSION=\"([^\"]+)\"");

  /** The one that runs everything else. */
  static ReferenceJava ours() {
    return new ReferenceJava(JvmProcess.javaHome(), "");
  }

  /**
   * Another one.
   *
   * @throws IOException when there is no JDK in the folder, or it does not tell its version
   */
  static ReferenceJava in(Path home) throws IOException {
    Path file = home.resolve("release");
    Matcher found = VERSION.matcher(Files.readString(file));
    if (!found.find()) throw new IOException(file + " does not tell the version of Java");
    return new ReferenceJava(home, ", by Java " + found.group(1));
  }

  /** What a run is called in tables. */
  String title(Runner runner) {
    return runner.title() + (runner.reference() ? label : "");
  }

  /** By which a runner's worker is run. */
  Path home(Runner runner) {
    return runner.reference() ? home : JvmProcess.javaHome();
  }
}

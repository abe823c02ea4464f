package dev.millrace.bench;

import java.io.IOException;
import java.util.regex.Pattern;

/** Reads the answer of {@code jcmd <pid> GC.heap_info}. */
final class HeapInfo {

  private static final Pattern USED =
      Pattern.compile("(?m)^.*(?:heap|generation).*\\bused (\\d+)([KMG])");
  private static final Pattern PART = Pattern.compile("(?m)^.*[Mm]etaspace.*$|^.*class space.*$");

  private HeapInfo() {}

  /**
   * Used bytes of all parts of the heap, without metaspace.
   *
   * @throws IOException when the answer is in a form that is not known
   */
  static long used(String answer) throws IOException {
    long sum = 0;
    var found = USED.matcher(PART.matcher(answer).replaceAll(""));
    while (found.find()) {
      sum += Long.parseLong(found.group(1)) * unit(found.group(2));
    }
    if (sum == 0) throw new IOException("jcmd's answer is not understood: " + answer);
    return sum;
  }

  private static long unit(String letter) {
    return switch (letter) {
      case "K" -> 1L << 10;
      case "M" -> 1L << 20;
      default -> 1L << 30;
    };
  }
}

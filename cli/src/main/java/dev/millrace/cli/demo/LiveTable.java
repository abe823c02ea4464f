package dev.millrace.cli.demo;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The demo's picture, as lines. Stateless. */
public final class LiveTable {
  /** With the demo's stages and footer 23 lines, and the cursor below: a terminal has 24 rows. */
  private static final int TOP = 5;

  private static final int BAR = 32;

  private LiveTable() {}

  /** The picture for a terminal that is repainted. */
  public static List<String> picture(Snapshot now) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "MariaDB userdb.users → topic user_data → SQL count → topic user_visits   " + clock(now));
    lines.add("");
    lines.add("    user    visits");
    lines.addAll(bars(now));
    lines.add("");
    lines.add(number("rows in the database", now.rows()));
    lines.add(number("records in the topic", now.records()));
    lines.add(number("counted", now.counted()) + "   lag " + text(now.lag()));
    lines.add("  %-22s %12s".formatted("rate", text(Math.round(now.rate())) + "/s"));
    lines.add("  %-22s %s".formatted("latency, row to count", latency(now)));
    now.states().forEach((stage, state) -> lines.add("  %-22s %s".formatted(stage, state)));
    lines.add("");
    lines.addAll(now.footer());
    return lines;
  }

  /** The same in one line, for output that is not a terminal. */
  public static String line(Snapshot now) {
    return "%s rows %d, records %d, counted %d, lag %d, %d/s, latency %s"
        .formatted(
            clock(now),
            now.rows(),
            now.records(),
            now.counted(),
            now.lag(),
            Math.round(now.rate()),
            latency(now));
  }

  /**
   * Where the demo is reached, and what to try meanwhile.
   *
   * @param program how Millrace was started
   * @param dataDir the demo's, which every command is given: another Millrace may run
   */
  public static List<String> footer(String program, Path dataDir, Object restUrl, Path log) {
    String dir = " --data-dir " + quoted(dataDir.toString());
    return List.of(
        "  REST  %s    Log  %s".formatted(restUrl, log),
        "  Try in another terminal:",
        "    %s query visits 1%s".formatted(quoted(program), dir),
        "    %s tail user_visits%s".formatted(quoted(program), dir),
        "    curl -s '%s/connectors?expand=status'".formatted(restUrl),
        "  Ctrl-C stops it; started again it goes on.");
  }

  /** For a shell. */
  private static String quoted(String word) {
    return word.matches("[A-Za-z0-9_./+=:@%~-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  private static List<String> bars(Snapshot now) {
    List<Map.Entry<Integer, Long>> top =
        now.visits().entrySet().stream()
            .sorted(
                Map.Entry.<Integer, Long>comparingByValue(Comparator.reverseOrder())
                    .thenComparing(Map.Entry.comparingByKey()))
            .limit(TOP)
            .toList();
    if (top.isEmpty()) {
      return List.of("    none counted yet");
    }
    long most = Math.max(1, top.get(0).getValue());
    return top.stream()
        .map(
            entry ->
                "  %6d  %8s  %s"
                    .formatted(
                        entry.getKey(),
                        text(entry.getValue()),
                        "█".repeat((int) (entry.getValue() * BAR / most))))
        .toList();
  }

  private static String number(String what, long value) {
    return "  %-22s %12s".formatted(what, text(value));
  }

  private static String text(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  private static String latency(Snapshot now) {
    return now.latency()
        .map(
            l ->
                "p50 %d ms, p99 %d ms (last %d)"
                    .formatted(l.median().toMillis(), l.p99().toMillis(), l.samples()))
        .orElse("not measured yet");
  }

  private static String clock(Snapshot now) {
    long seconds = now.running().toSeconds();
    return "%d:%02d:%02d".formatted(seconds / 3600, seconds / 60 % 60, seconds % 60);
  }
}

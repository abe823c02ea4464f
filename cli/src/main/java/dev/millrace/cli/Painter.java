package dev.millrace.cli;

import dev.millrace.cli.demo.LiveTable;
import dev.millrace.cli.demo.Snapshot;
import java.io.PrintStream;
import java.util.List;

/**
 * Shows snapshots: on a terminal one picture that is painted over, else a line each and the footer
 * once. Owned by one thread.
 */
final class Painter {
  private static final String CLEAR_BELOW = "\u001b[J";
  private static final String NO_WRAP = "\u001b[?7l";
  private static final String WRAP = "\u001b[?7h";

  private final PrintStream out;
  private final boolean repaint;
  private int painted;

  Painter(PrintStream out, boolean repaint) {
    this.out = out;
    this.repaint = repaint;
  }

  /** Shows it. */
  void paint(Snapshot now) {
    if (repaint) {
      repaint(LiveTable.picture(now));
    } else {
      if (painted++ == 0) {
        now.footer().forEach(out::println);
      }
      out.println(LiveTable.line(now));
    }
    out.flush();
  }

  private void repaint(List<String> lines) {
    StringBuilder text = new StringBuilder(NO_WRAP);
    if (painted > 0) {
      text.append("\u001b[%dA".formatted(painted)); // up
    }
    text.append('\r').append(CLEAR_BELOW);
    lines.forEach(line -> text.append(line).append('\n'));
    painted = lines.size();
    out.print(text.append(WRAP));
  }
}

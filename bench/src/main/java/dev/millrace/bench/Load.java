package dev.millrace.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one run of a scenario consists of.
 *
 * @param warmUp records before those that count
 * @param records that count
 * @param more flags of the JVM
 * @param java that of the reference
 */
record Load(Scenario scenario, long warmUp, long records, List<String> more, ReferenceJava java) {

  /** Of every JVM that moves records. */
  static final List<String> FLAGS =
      List.of("-Xms512m", "-Xmx1g", "-XX:+UseG1GC", "-XX:-UsePerfData");

  private static final long SLOW_PART = 4;

  /** More than some fetches bring. */
  private static final long BEHIND = 100_000;

  /** The JVM's, for all. */
  List<String> flags() {
    List<String> all = new ArrayList<>(FLAGS);
    all.addAll(more);
    return all;
  }

  /** The first records, measured apart. */
  long first() {
    return warm() / 3;
  }

  /** A slow plugin needs less warming and would take long. */
  long warm() {
    return scenario.slow() ? warmUp / SLOW_PART : warmUp;
  }

  long end() {
    return warm() + (scenario.slow() ? records / SLOW_PART : records);
  }

  /**
   * What a sink's topic holds: more than is {@link #read}. At the end of a topic a fetch waits for
   * records to come, half a second by default, and who begins anew has to wait for its answer.
   */
  long stored() {
    return read() + BEHIND;
  }

  /** Of a sink's topic those from its beginning that it reads again and again. */
  long read() {
    return Math.min(1_000_000, end());
  }

  /** {@code marks.at}. */
  String marks() {
    return "0," + first() + "," + warm() + "," + end();
  }

  /** What the figures depend on. */
  Map<String, Object> conditions() {
    return new TreeMap<>(
        Map.of(
            "warmUp", warm(),
            "records", end() - warm(),
            "jvm", System.getProperty("java.vm.version"),
            "reference", java.title(Runner.REFERENCE),
            "flags", flags(),
            "processors", Runtime.getRuntime().availableProcessors()));
  }
}

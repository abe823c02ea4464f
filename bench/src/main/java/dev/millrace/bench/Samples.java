package dev.millrace.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Durations of one thing done many times, in milliseconds. Not thread-safe. */
final class Samples {

  private final List<Double> sorted = new ArrayList<>();

  void add(double millis) {
    sorted.add(millis);
    sorted.sort(null);
  }

  /** The smallest value that is not exceeded by this share of all; 0 without any. */
  double quantile(double share) {
    if (sorted.isEmpty()) return 0;
    int index = (int) Math.ceil(share * sorted.size()) - 1;
    return sorted.get(Math.clamp(index, 0, sorted.size() - 1));
  }

  double median() {
    return quantile(0.5);
  }

  double max() {
    return quantile(1);
  }

  /** Median, 99th percentile and maximum as rows. */
  void into(Map<String, Double> figures, String what) {
    figures.put(what + ", median ms", median());
    figures.put(what + ", p99 ms", quantile(0.99));
    figures.put(what + ", max ms", max());
  }
}

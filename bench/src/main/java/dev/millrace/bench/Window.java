package dev.millrace.bench;

import java.util.List;

/**
 * What passed between two marks.
 *
 * @param taskCpuNanos of the task's threads
 * @param taskBytes allocated by the task's threads
 */
record Window(
    long records, long nanos, long cpuNanos, long taskCpuNanos, long bytes, long taskBytes) {

  /** From two lines, as {@code Marks} writes them. */
  static Window between(String from, String to) {
    List<Long> before = numbers(from);
    List<Long> after = numbers(to);
    return new Window(
        after.get(0) - before.get(0),
        after.get(1) - before.get(1),
        after.get(2) - before.get(2),
        after.get(3) - before.get(3),
        after.get(4) - before.get(4),
        after.get(5) - before.get(5));
  }

  private static List<Long> numbers(String line) {
    return List.of(line.strip().split(" ")).stream().map(Long::valueOf).toList();
  }

  double rate() {
    return records * 1e9 / nanos;
  }

  /** Seconds for a million records are microseconds for one. */
  double cpuMicros() {
    return cpuNanos / 1e3 / records;
  }

  double taskCpuMicros() {
    return taskCpuNanos / 1e3 / records;
  }

  double allocated() {
    return (double) bytes / records;
  }

  double taskAllocated() {
    return (double) taskBytes / records;
  }
}

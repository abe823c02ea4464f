package dev.millrace.bench;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What one process needed.
 *
 * @param first the first records
 * @param steady after the warm-up
 * @param megabytes the most that was resident
 */
record RunFigures(Window first, Window steady, double megabytes) {

  /** In the order of the table. */
  Map<String, Double> rows() {
    Map<String, Double> rows = new LinkedHashMap<>();
    rows.put("records/s", steady.rate());
    rows.put("CPU s per million, process", steady.cpuMicros());
    rows.put("CPU s per million, task", steady.taskCpuMicros());
    rows.put("bytes allocated per record, process", steady.allocated());
    rows.put("bytes allocated per record, task", steady.taskAllocated());
    rows.put("most resident MB", megabytes);
    rows.put("first: records/s", first.rate());
    rows.put("first: CPU s per million, process", first.cpuMicros());
    rows.put("first: CPU s per million, task", first.taskCpuMicros());
    return rows;
  }

  String line() {
    return String.format(
        Locale.ROOT,
        "%.0f/s, %.2f CPU s per million, task %.2f, %.0f B allocated",
        steady.rate(),
        steady.cpuMicros(),
        steady.taskCpuMicros(),
        steady.allocated());
  }
}

package dev.millrace.model;

import java.util.Map;

/**
 * How large configurations are in the config log. Kafka takes records of a mebibyte unless it is
 * told otherwise; what is larger could not be written, nor what else is decided together with it.
 */
public final class RecordSize {

  /** The largest configuration, in bytes of JSON: a mebibyte, less what goes around it. */
  public static final int MAX_CONFIG = 1_000_000;

  private static final int AROUND_ENTRY = 6; // quotes, colon and comma
  private static final int ESCAPED = 6;

  private RecordSize() {}

  /** Bytes of a configuration as JSON in UTF-8; never too few. */
  public static long of(Map<String, String> config) {
    long size = 0;
    for (var entry : config.entrySet()) {
      size += AROUND_ENTRY + of(entry.getKey());
      if (entry.getValue() != null) size += of(entry.getValue());
    }
    return size;
  }

  private static long of(String text) {
    return text.chars().mapToLong(RecordSize::of).sum();
  }

  private static long of(int unit) {
    if (unit < ' ') return ESCAPED;
    if (unit == '"' || unit == '\\') return 2;
    return unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3;
  }
}

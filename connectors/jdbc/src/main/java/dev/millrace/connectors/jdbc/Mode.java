package dev.millrace.connectors.jdbc;

import java.util.Locale;

/** How a source finds the rows that it has not read yet. */
enum Mode {
  AUTO,
  BULK,
  INCREMENTING,
  TIMESTAMP,
  TIMESTAMP_INCREMENTING;

  String text() {
    return this == TIMESTAMP_INCREMENTING
        ? "timestamp+incrementing"
        : name().toLowerCase(Locale.ROOT);
  }

  static Mode of(String text) {
    for (Mode mode : values()) {
      if (mode.text().equals(text)) {
        return mode;
      }
    }
    throw new IllegalArgumentException("no mode " + text);
  }
}

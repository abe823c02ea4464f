package dev.millrace.connectors.jdbc;

/** What becomes of NUMERIC and DECIMAL columns; names as in Confluent's connector. */
enum NumericMapping {
  NONE,
  PRECISION_ONLY,
  BEST_FIT,
  BEST_FIT_EAGER_DOUBLE
}

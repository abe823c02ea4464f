package dev.millrace.connectors.jdbc;

/** The kinds of column that differ in how they are read. */
enum ColumnType {
  BOOLEAN,
  INT8,
  INT16,
  INT32,
  INT64,
  FLOAT32,
  FLOAT64,
  DECIMAL,
  TEXT,
  BYTES,
  DATE,
  TIME,
  TIMESTAMP
}

package dev.millrace.connectors.processor.row;

/** What an expression is evaluated over: an input row, or the slots of a group. */
public interface Scope {
  /**
   * The value of a column.
   *
   * @throws IllegalArgumentException when the row has a schema without that column, or a value that
   *     does not fit its schema
   */
  Value column(String name);

  /** The value of a slot: first the group's columns, then its aggregates. */
  Value slot(int index);
}

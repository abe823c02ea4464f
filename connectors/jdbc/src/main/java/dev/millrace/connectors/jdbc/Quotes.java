package dev.millrace.connectors.jdbc;

/**
 * How identifiers are written in SQL. Immutable.
 *
 * @param mark the database's quote, or empty to write identifiers bare
 */
record Quotes(String mark) {
  String quote(String identifier) {
    return mark + (mark.isEmpty() ? identifier : identifier.replace(mark, mark + mark)) + mark;
  }
}

/**
 * SQL: parsed by Apache Calcite, checked and compiled here into functions over rows. Pure: no
 * thread, no clock, no broker. See docs/sql.md for the language.
 */
package dev.millrace.connectors.processor.sql;

package dev.millrace.connectors.processor.sql;

import dev.millrace.connectors.processor.row.Scope;
import dev.millrace.connectors.processor.row.Value;
import java.util.List;
import java.util.Optional;

/**
 * A query that has been parsed, checked and compiled. Immutable, usable from any thread.
 *
 * @param table what FROM names
 * @param where the condition a row has to fulfil, when there is one
 * @param output what comes out
 */
public record SqlQuery(String table, Optional<Expr> where, Output output) {

  /** What parsing gives: a query, or all that is wrong with it. */
  public sealed interface Parsed permits Compiled, Refused {}

  /**
   * The text is a query that can be run.
   *
   * @param query the query
   */
  public record Compiled(SqlQuery query) implements Parsed {}

  /**
   * The text cannot be run.
   *
   * @param problems why, in the order of their places; at least one
   */
  public record Refused(List<SqlProblem> problems) implements Parsed {}

  /** What comes out: one row for each row, or one row for each group. */
  public sealed interface Output permits Projection, Grouping {}

  /**
   * One output row for each input row.
   *
   * @param items the select list
   */
  public record Projection(List<Item> items) implements Output {}

  /**
   * One output row for each group. {@code columns} and {@code having} read slots: first the keys,
   * then the calls.
   *
   * @param keys what is grouped by, under the names of the result's key
   * @param calls the aggregates
   * @param columns the select list
   * @param having the condition a group has to fulfil, when there is one
   */
  public record Grouping(
      List<Column> keys, List<Call> calls, List<Column> columns, Optional<Expr> having)
      implements Output {}

  /** An item of a select list. */
  public sealed interface Item permits AllColumns, Column {}

  /** The star. */
  public record AllColumns() implements Item {}

  /**
   * A named expression.
   *
   * @param name the column's name in the result
   * @param expr its value
   */
  public record Column(String name, Expr expr) implements Item {}

  /**
   * One aggregate call.
   *
   * @param function the function
   * @param argument its argument; for COUNT(*) a constant
   */
  public record Call(Aggregate function, Expr argument) {}

  /** Parses and checks a query. Pure; never throws for what the text holds. */
  public static Parsed parse(String sql) {
    return QueryCompiler.compile(sql);
  }

  /** Whether a row passes WHERE; an unknown truth does not. */
  public boolean accepts(Scope row) {
    return where.isEmpty() || holds(where.get(), row);
  }

  /** Whether a condition is true; an unknown truth is not. */
  public static boolean holds(Expr condition, Scope scope) {
    Value truth = condition.eval(scope);
    Comparison.requireTruth(truth);
    return truth.isTrue();
  }
}

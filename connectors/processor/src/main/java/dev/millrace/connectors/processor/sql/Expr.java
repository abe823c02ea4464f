package dev.millrace.connectors.processor.sql;

import dev.millrace.connectors.processor.row.Scope;
import dev.millrace.connectors.processor.row.Value;

/** A compiled expression. Immutable, usable from any thread. */
@FunctionalInterface
public interface Expr {
  /**
   * The value over a row or a group.
   *
   * @throws EvaluationException when there is none
   */
  Value eval(Scope scope);
}

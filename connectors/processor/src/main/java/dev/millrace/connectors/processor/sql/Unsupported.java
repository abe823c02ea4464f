package dev.millrace.connectors.processor.sql;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlFunction;

/** Words for what the language does not have. Stateless. */
final class Unsupported {
  static final String ORDER_BY = "ORDER BY is not supported: a stream has no end to sort";
  static final String LIMIT = "LIMIT is not supported: the query goes on for every row that comes";
  static final String OFFSET =
      "OFFSET is not supported: the query goes on for every row that comes";
  static final String JOIN = "JOIN is not supported: a processor reads one topic";
  static final String FROM_SUBQUERY =
      "a subquery is not supported in FROM: make it a stage of its own and name that";
  static final String DISTINCT =
      "SELECT DISTINCT is not supported: GROUP BY the same columns instead";
  static final String WITH = "WITH is not supported: make it a stage of its own and name that";
  static final String WINDOW = "windows are not supported";
  static final String QUALIFY =
      "QUALIFY is not supported: it needs windows, which are not supported";

  /** Names that SQL reads as functions, not as columns. */
  static final Set<String> CLOCKS =
      Set.of(
          "CURRENT_DATE",
          "CURRENT_TIME",
          "CURRENT_TIMESTAMP",
          "LOCALTIME",
          "LOCALTIMESTAMP",
          "CURRENT_USER",
          "SESSION_USER",
          "SYSTEM_USER");

  private Unsupported() {}

  /** Why an unknown call is refused. */
  static String call(SqlCall call, String name) {
    return switch (name) {
      case "TUMBLE", "HOP", "SESSION", "OVER" -> WINDOW;
      case "FILTER" -> "FILTER is not supported: use SUM(CASE WHEN … THEN 1 ELSE 0 END)";
      case "EXISTS", "$SCALAR_QUERY" ->
          "a subquery is not supported: make it a stage of its own and name that";
      default ->
          call.getOperator() instanceof SqlFunction
              ? unknownFunction(name)
              : "the operator " + name + " is not supported";
    };
  }

  private static String unknownFunction(String name) {
    List<String> others =
        Arrays.stream(Aggregate.values())
            .map(Enum::name)
            .collect(java.util.stream.Collectors.toList());
    others.addAll(List.of("COALESCE", "NULLIF", "TRIM", "CAST"));
    String nearest = ScalarFunction.nearest(name, others);
    return "there is no function "
        + name
        + (nearest.isEmpty() ? "; docs/sql.md lists them" : "; is " + nearest + " meant?");
  }
}

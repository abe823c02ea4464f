package dev.millrace.connectors.processor.sql;

import dev.millrace.connectors.processor.row.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.parser.SqlParserPos;

/** Gathers what is wrong with one query. Owned by the thread that compiles it. */
final class Problems {
  private static final Comparator<SqlProblem> PLACE =
      Comparator.comparingInt(SqlProblem::line).thenComparingInt(SqlProblem::column);

  private final String sql;
  private final List<SqlProblem> found = new ArrayList<>();

  Problems(String sql) {
    this.sql = sql;
  }

  /** Notes a problem; the expression returned stands in, so that compiling can go on. */
  Expr add(SqlNode node, String message) {
    SqlParserPos pos = node.getParserPosition();
    return add(pos.getLineNum(), pos.getColumnNum(), message);
  }

  Expr add(int line, int column, String message) {
    found.add(new SqlProblem(Math.max(line, 1), Math.max(column, 1), message));
    return scope -> Value.NULL;
  }

  /** Notes a problem at the last place of a keyword before a node (else at the node). */
  void addAtKeyword(String keyword, SqlNode before, String message) {
    int end = offset(before.getParserPosition());
    int at = sql.toUpperCase(java.util.Locale.ROOT).lastIndexOf(keyword, end);
    if (at < 0) {
      add(before, message);
    } else {
      addAtOffset(at, message);
    }
  }

  void addAtOffset(int offset, String message) {
    String head = sql.substring(0, Math.min(offset, sql.length()));
    int line = (int) head.chars().filter(c -> c == '\n').count() + 1;
    add(line, offset - head.lastIndexOf('\n'), message);
  }

  private int offset(SqlParserPos pos) {
    int start = 0;
    for (int line = 1; line < pos.getLineNum(); line++) {
      start = sql.indexOf('\n', start) + 1;
    }
    return start + pos.getColumnNum() - 1;
  }

  boolean isEmpty() {
    return found.isEmpty();
  }

  List<SqlProblem> inOrder() {
    return found.stream().distinct().sorted(PLACE).toList();
  }
}

package dev.millrace.connectors.processor.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.calcite.avatica.util.Casing;
import org.apache.calcite.avatica.util.Quoting;
import org.apache.calcite.runtime.CalciteContextException;
import org.apache.calcite.runtime.CalciteException;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.parser.SqlParseException;
import org.apache.calcite.sql.parser.SqlParser;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.validate.SqlConformanceEnum;

/** From text to query: parses with Calcite, then refuses or compiles each clause. Stateless. */
final class QueryCompiler {
  private static final int LONGEST_IDENTIFIER = 249;
  private static final SqlParser.Config CONFIG =
      SqlParser.config()
          .withUnquotedCasing(Casing.UNCHANGED)
          .withQuotedCasing(Casing.UNCHANGED)
          .withQuoting(Quoting.DOUBLE_QUOTE)
          .withCaseSensitive(true)
          .withIdentifierMaxLength(LONGEST_IDENTIFIER)
          .withConformance(SqlConformanceEnum.LENIENT);
  private static final Pattern FIRST_WORD =
      Pattern.compile("(?:\\s|--[^\\n]*\\n|/\\*.*?\\*/)*([A-Za-z]+)", Pattern.DOTALL);
  private static final Pattern LAST_SEMICOLON = Pattern.compile(";\\s*$");

  private QueryCompiler() {}

  static SqlQuery.Parsed compile(String text) {
    String sql = LAST_SEMICOLON.matcher(text).replaceFirst("");
    Problems problems = new Problems(sql);
    Optional<SqlSelect> select = parse(sql, problems).flatMap(node -> select(node, problems));
    Optional<SqlQuery> query = select.flatMap(found -> compile(found, problems));
    return query.isPresent() && problems.isEmpty()
        ? new SqlQuery.Compiled(query.get())
        : new SqlQuery.Refused(problems.inOrder());
  }

  private static Optional<SqlNode> parse(String sql, Problems problems) {
    if (sql.isBlank()) {
      problems.add(1, 1, "the query is empty: write SELECT … FROM …");
      return Optional.empty();
    }
    Matcher first = FIRST_WORD.matcher(sql);
    if (first.lookingAt() && !startsQuery(first.group(1))) {
      problems.addAtOffset(first.start(1), onlySelect(first.group(1)));
      return Optional.empty();
    }
    try {
      return Optional.of(SqlParser.create(sql, CONFIG).parseStmt());
    } catch (SqlParseException e) {
      SqlParserPos pos = e.getPos() == null ? SqlParserPos.ZERO : e.getPos();
      problems.add(pos.getLineNum(), pos.getColumnNum(), ParseErrors.describe(e));
      return Optional.empty();
    } catch (CalciteContextException e) {
      problems.add(e.getPosLine(), e.getPosColumn(), String.valueOf(e.getCause().getMessage()));
      return Optional.empty();
    } catch (CalciteException | NumberFormatException e) {
      problems.add(1, 1, "the query cannot be parsed: " + e.getMessage());
      return Optional.empty();
    }
  }

  private static boolean startsQuery(String word) {
    String upper = word.toUpperCase(Locale.ROOT);
    return upper.equals("SELECT") || upper.equals("WITH") || upper.equals("VALUES");
  }

  private static String onlySelect(String word) {
    return word.toUpperCase(Locale.ROOT) + " is not supported: a processor's query is a SELECT";
  }

  /** The SELECT of a statement; what stands around it is refused. */
  private static Optional<SqlSelect> select(SqlNode node, Problems problems) {
    if (node instanceof SqlOrderBy ordered) {
      refuseOrder(ordered, problems);
      return select(ordered.query, problems);
    }
    if (node instanceof SqlSelect select) {
      return Optional.of(select);
    }
    if (node.getKind() == SqlKind.WITH) {
      problems.add(node, Unsupported.WITH);
    } else if (SqlKind.SET_QUERY.contains(node.getKind())) {
      refuseSet((SqlBasicCall) node, problems);
    } else {
      problems.add(node, onlySelect(node.getKind().sql));
    }
    return Optional.empty();
  }

  private static void refuseOrder(SqlOrderBy ordered, Problems problems) {
    if (!ordered.orderList.isEmpty()) {
      problems.addAtKeyword("ORDER", ordered.orderList.get(0), Unsupported.ORDER_BY);
    }
    if (ordered.offset != null) {
      problems.addAtKeyword("OFFSET", ordered.offset, Unsupported.OFFSET);
    }
    if (ordered.fetch != null) {
      problems.addAtKeyword("LIMIT", ordered.fetch, Unsupported.LIMIT);
    }
  }

  private static void refuseSet(SqlBasicCall call, Problems problems) {
    String name = call.getKind().name();
    problems.addAtKeyword(
        name, call.operand(1), name + " is not supported: a processor reads one topic");
  }

  private static Optional<SqlQuery> compile(SqlSelect select, Problems problems) {
    refuseClauses(select, problems);
    Optional<Source> source = source(select, problems);
    return source.map(from -> new SelectCompiler(select, from, problems).compile());
  }

  private static void refuseClauses(SqlSelect select, Problems problems) {
    if (select.isDistinct()) {
      problems.addAtKeyword("DISTINCT", select.getSelectList().get(0), Unsupported.DISTINCT);
    }
    if (!select.getWindowList().isEmpty()) {
      problems.add(select.getWindowList().get(0), Unsupported.WINDOW);
    }
    if (select.getQualify() != null) {
      problems.addAtKeyword("QUALIFY", select.getQualify(), Unsupported.QUALIFY);
    }
  }

  /**
   * What FROM names.
   *
   * @param table the topic's name or key
   * @param qualifiers names that may stand before a column
   */
  record Source(String table, List<String> qualifiers) {}

  private static Optional<Source> source(SqlSelect select, Problems problems) {
    SqlNode from = select.getFrom();
    if (from == null) {
      problems.add(select, "FROM is missing: name the topic or stage to read");
      return Optional.empty();
    }
    if (from.getKind() == SqlKind.AS && from instanceof SqlBasicCall as && as.operandCount() == 2) {
      String alias = ((SqlIdentifier) as.operand(1)).getSimple();
      return table(as.operand(0), problems).map(table -> new Source(table, List.of(alias)));
    }
    return table(from, problems).map(table -> new Source(table, qualifiers(table)));
  }

  private static List<String> qualifiers(String table) {
    List<String> names = new ArrayList<>(List.of(table));
    names.add(table.substring(table.lastIndexOf('.') + 1));
    return names;
  }

  private static Optional<String> table(SqlNode from, Problems problems) {
    if (from instanceof SqlIdentifier name) {
      return Optional.of(String.join(".", name.names));
    }
    if (from instanceof SqlJoin join) {
      String keyword = join.getJoinType().name().equals("COMMA") ? "," : "JOIN";
      problems.addAtKeyword(keyword, join.getRight(), Unsupported.JOIN);
    } else if (from.getKind() == SqlKind.SELECT || from.getKind() == SqlKind.ORDER_BY) {
      problems.add(from, Unsupported.FROM_SUBQUERY);
    } else if (SqlKind.SET_QUERY.contains(from.getKind())) {
      problems.add(from, Unsupported.FROM_SUBQUERY);
    } else {
      String what = from.getKind() == SqlKind.COLLECTION_TABLE ? ": " + Unsupported.WINDOW : "";
      problems.add(from, "FROM takes the name of one topic or stage" + what);
    }
    return Optional.empty();
  }
}

package dev.millrace.connectors.processor.sql;

import dev.millrace.connectors.processor.row.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlNumericLiteral;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.util.SqlShuttle;
import org.apache.calcite.util.Litmus;

/** Compiles one SELECT. Owned by the thread that compiles; used once. */
final class SelectCompiler {
  private final QueryCompiler.Source source;
  private final Problems problems;
  private final List<SqlNode> items;
  private final SqlNode where;
  private final SqlNode having;
  private final SqlNodeList group;
  private final ExpressionCompiler rows;

  /** Group keys as written, and the calls met so far: their indexes make the slots. */
  private final List<SqlNode> keys = new ArrayList<>();

  private final List<SqlNode> callNodes = new ArrayList<>();
  private final List<SqlQuery.Call> calls = new ArrayList<>();

  SelectCompiler(SqlSelect select, QueryCompiler.Source source, Problems problems) {
    this.source = source;
    this.problems = problems;
    Qualifiers qualifiers = new Qualifiers(source, problems);
    this.items = select.getSelectList().stream().map(qualifiers::strip).toList();
    this.where = qualifiers.strip(select.getWhere());
    this.having = qualifiers.strip(select.getHaving());
    this.group = (SqlNodeList) qualifiers.strip(select.getGroup());
    this.rows = new ExpressionCompiler(problems, this::rowName);
  }

  SqlQuery compile() {
    Optional<Expr> condition = Optional.ofNullable(where).map(rows::compile);
    return new SqlQuery(source.table(), condition, group == null ? ungrouped() : grouping());
  }

  private SqlQuery.Output ungrouped() {
    Optional<SqlNode> aggregate = items.stream().filter(this::hasAggregate).findFirst();
    if (aggregate.isPresent() || having != null) {
      problems.add(
          aggregate.orElse(having),
          "an aggregate needs GROUP BY here: the result is a table, and a table needs a key");
      return new SqlQuery.Projection(List.of());
    }
    return projection();
  }

  // ---- one row for each row

  private SqlQuery.Output projection() {
    List<SqlQuery.Item> columns = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (int i = 0; i < items.size(); i++) {
      SqlNode item = items.get(i);
      columns.add(
          isStar(item)
              ? new SqlQuery.AllColumns()
              : new SqlQuery.Column(name(item, i, names), rows.compile(unaliased(item))));
    }
    return new SqlQuery.Projection(List.copyOf(columns));
  }

  /** Over rows: an identifier is a column, an aggregate does not belong here. */
  private Optional<Expr> rowName(SqlNode node) {
    if (node instanceof SqlIdentifier identifier) {
      return Optional.of(column(identifier));
    }
    return aggregate(node)
        .map(function -> problems.add(node, function + " is an aggregate and cannot stand here"));
  }

  private Expr column(SqlIdentifier identifier) {
    if (identifier.isStar()) {
      return problems.add(identifier, "* stands only alone in a select list or in COUNT(*)");
    }
    String name = identifier.getSimple();
    if (Unsupported.CLOCKS.contains(name.toUpperCase(Locale.ROOT))
        && !identifier.isComponentQuoted(0)) {
      return problems.add(
          identifier, name + " is not supported: a result depends on its rows alone");
    }
    return ExpressionCompiler.placed(identifier, scope -> scope.column(name));
  }

  // ---- one row for each group

  private SqlQuery.Output grouping() {
    List<SqlQuery.Column> keyColumns = keyColumns();
    if (keyColumns.size() < group.size() && !problems.isEmpty()) {
      return new SqlQuery.Projection(List.of());
    }
    ExpressionCompiler groups = new ExpressionCompiler(problems, this::groupName);
    List<SqlQuery.Column> columns = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (int i = 0; i < items.size(); i++) {
      SqlNode item = items.get(i);
      if (isStar(item)) {
        problems.add(item, "* cannot be selected with GROUP BY: name the columns");
      } else {
        columns.add(new SqlQuery.Column(name(item, i, names), groups.compile(unaliased(item))));
      }
    }
    Optional<Expr> condition =
        Optional.ofNullable(having).map(this::expandAlias).map(groups::compile);
    return new SqlQuery.Grouping(keyColumns, List.copyOf(calls), List.copyOf(columns), condition);
  }

  private List<SqlQuery.Column> keyColumns() {
    Map<String, SqlQuery.Column> columns = new LinkedHashMap<>();
    for (SqlNode node : group) {
      if (node instanceof SqlNumericLiteral) {
        problems.add(node, "GROUP BY takes columns and expressions, not positions");
        continue;
      }
      if (isGroupingSet(node)) {
        problems.add(node, node.getKind() + " is not supported in GROUP BY");
        continue;
      }
      SqlNode key = expandAlias(node);
      String name = keyName(key, columns.size());
      if (columns.putIfAbsent(name, new SqlQuery.Column(name, rows.compile(key))) == null) {
        keys.add(key);
      } else if (keys.stream().noneMatch(other -> same(other, key))) {
        problems.add(
            node, "two columns of GROUP BY have the name '" + name + "': select one AS another");
      }
    }
    if (columns.isEmpty() && problems.isEmpty()) {
      problems.add(
          group, "GROUP BY needs a column: the result is a table, and a table needs a key");
    }
    return List.copyOf(columns.values());
  }

  private static boolean isGroupingSet(SqlNode node) {
    return switch (node.getKind()) {
      case ROLLUP, CUBE, GROUPING_SETS, GROUP_BY_DISTINCT -> true;
      default -> false;
    };
  }

  /** A key has the alias under which it is selected, else its column's name. */
  private String keyName(SqlNode key, int index) {
    for (SqlNode item : items) {
      if (item.getKind() == SqlKind.AS && same(unaliased(item), key)) {
        return alias(item);
      }
    }
    return key instanceof SqlIdentifier column && !column.isStar()
        ? column.getSimple()
        : "key_" + (index + 1);
  }

  /** An alias of the select list is replaced by what it names, unless that holds it as a column. */
  private SqlNode expandAlias(SqlNode node) {
    return node.accept(
        new SqlShuttle() {
          @Override
          public SqlNode visit(SqlIdentifier identifier) {
            return identifier.isSimple() ? aliased(identifier) : identifier;
          }
        });
  }

  private SqlNode aliased(SqlIdentifier identifier) {
    for (SqlNode item : items) {
      boolean named = item.getKind() == SqlKind.AS && alias(item).equals(identifier.getSimple());
      if (named && !Qualifiers.mentions(unaliased(item), identifier.getSimple())) {
        return unaliased(item);
      }
    }
    return identifier;
  }

  /** Over groups: keys and aggregates are slots, any other column has no single value. */
  private Optional<Expr> groupName(SqlNode node) {
    for (int i = 0; i < keys.size(); i++) {
      if (same(keys.get(i), node)) {
        int slot = i;
        return Optional.of(scope -> scope.slot(slot));
      }
    }
    if (node instanceof SqlIdentifier identifier) {
      return Optional.of(
          problems.add(
              identifier,
              "column '%s' is neither grouped by nor inside an aggregate".formatted(identifier)));
    }
    return aggregate(node).map(function -> aggregateSlot((SqlCall) node, function));
  }

  private Expr aggregateSlot(SqlCall call, Aggregate function) {
    for (int i = 0; i < callNodes.size(); i++) {
      if (same(callNodes.get(i), call)) {
        return slot(i);
      }
    }
    Optional<Expr> argument = argument(call, function);
    if (argument.isEmpty()) {
      return scope -> Value.NULL;
    }
    callNodes.add(call);
    calls.add(new SqlQuery.Call(function, argument.get()));
    return slot(calls.size() - 1);
  }

  private Expr slot(int call) {
    int slot = keys.size() + call;
    return scope -> scope.slot(slot);
  }

  private Optional<Expr> argument(SqlCall call, Aggregate function) {
    if (call.getFunctionQuantifier() != null) {
      problems.add(
          call, function + "(DISTINCT …) is not supported: it would have to keep every value met");
    } else if (call.operandCount() != 1) {
      problems.add(call, function + " takes 1 argument, not " + call.operandCount());
    } else if (isStar(call.operand(0))) {
      if (function == Aggregate.COUNT) {
        return Optional.of(scope -> Value.TRUE);
      }
      problems.add(call, function + "(*) has no meaning: name a column");
    } else {
      return Optional.of(rows.compile(call.operand(0)));
    }
    return Optional.empty();
  }

  // ---- both

  private boolean hasAggregate(SqlNode node) {
    return Qualifiers.anyNode(node, inner -> aggregate(inner).isPresent())
        && !Qualifiers.anyNode(node, inner -> inner.getKind() == SqlKind.OVER);
  }

  private static Optional<Aggregate> aggregate(SqlNode node) {
    return node instanceof SqlBasicCall call && call.getOperator() instanceof SqlFunction function
        ? Aggregate.named(function.getName())
        : Optional.empty();
  }

  private static boolean same(SqlNode left, SqlNode right) {
    return left.equalsDeep(right, Litmus.IGNORE);
  }

  private static boolean isStar(SqlNode node) {
    return node instanceof SqlIdentifier identifier && identifier.isStar();
  }

  private static SqlNode unaliased(SqlNode item) {
    return item.getKind() == SqlKind.AS ? ((SqlCall) item).operand(0) : item;
  }

  private static String alias(SqlNode item) {
    return ((SqlIdentifier) ((SqlCall) item).operand(1)).getSimple();
  }

  /** The column's name: its alias, the column itself, the function in lower case, or expr_n. */
  private String name(SqlNode item, int index, Set<String> taken) {
    String name = item.getKind() == SqlKind.AS ? alias(item) : ownName(item, index);
    if (!taken.add(name)) {
      problems.add(item, "two columns have the name '" + name + "': give one an alias with AS");
    }
    return name;
  }

  private static String ownName(SqlNode item, int index) {
    if (item instanceof SqlIdentifier column && column.isSimple()) {
      return column.getSimple();
    }
    return item instanceof SqlCall call && call.getOperator() instanceof SqlFunction function
        ? function.getName().toLowerCase(Locale.ROOT)
        : "expr_" + (index + 1);
  }
}

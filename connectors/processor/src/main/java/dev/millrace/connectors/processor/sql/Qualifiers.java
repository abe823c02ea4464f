package dev.millrace.connectors.processor.sql;

import java.util.List;
import java.util.function.Predicate;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.util.SqlShuttle;

/** Takes the table's name off columns, so that u.id and id are the same. */
final class Qualifiers extends SqlShuttle {
  private final QueryCompiler.Source source;
  private final Problems problems;

  Qualifiers(QueryCompiler.Source source, Problems problems) {
    this.source = source;
    this.problems = problems;
  }

  /** The node with plain column names; null stays null. */
  SqlNode strip(SqlNode node) {
    return node == null ? null : node.accept(this);
  }

  @Override
  public SqlNode visit(SqlIdentifier identifier) {
    if (identifier.names.size() < 2) {
      return identifier;
    }
    List<String> names = identifier.names;
    String qualifier = String.join(".", names.subList(0, names.size() - 1));
    if (!source.qualifiers().contains(qualifier)) {
      problems.add(
          identifier,
          "there is no table '%s' here, only %s; fields inside a column cannot be reached"
              .formatted(qualifier, source.qualifiers().get(0)));
    }
    return identifier.getComponent(names.size() - 1);
  }

  /** Whether an expression holds a column of that name. */
  static boolean mentions(SqlNode node, String name) {
    return anyNode(
        node,
        inner ->
            inner instanceof SqlIdentifier column
                && column.isSimple()
                && column.getSimple().equals(name));
  }

  /** Whether a node or one inside it fulfils a condition. */
  static boolean anyNode(SqlNode node, Predicate<SqlNode> condition) {
    if (node == null) {
      return false;
    }
    if (condition.test(node)) {
      return true;
    }
    List<SqlNode> inner =
        switch (node) {
          case SqlCall call -> call.getOperandList();
          case SqlNodeList list -> list.getList();
          default -> List.of();
        };
    return inner.stream().anyMatch(child -> anyNode(child, condition));
  }
}

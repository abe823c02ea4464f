package dev.millrace.connectors.processor.sql;

import dev.millrace.connectors.processor.row.Scope;
import dev.millrace.connectors.processor.row.Type;
import dev.millrace.connectors.processor.row.Value;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;
import org.apache.calcite.sql.SqlBasicTypeNameSpec;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.fun.SqlBetweenOperator;
import org.apache.calcite.sql.fun.SqlCase;
import org.apache.calcite.sql.fun.SqlLikeOperator;
import org.apache.calcite.sql.fun.SqlTrimFunction;

/**
 * Compiles expressions. Columns, aggregates and group keys are the affair of {@code names}, which
 * is asked first. Owned by the thread that compiles.
 */
final class ExpressionCompiler {
  private final Problems problems;
  private final Function<SqlNode, Optional<Expr>> names;

  ExpressionCompiler(Problems problems, Function<SqlNode, Optional<Expr>> names) {
    this.problems = problems;
    this.names = names;
  }

  /** The expression of a node; problems are noted. */
  Expr compile(SqlNode node) {
    return names.apply(node).orElseGet(() -> placed(node, structure(node)));
  }

  /** Failures of an expression get its place in the query. */
  static Expr placed(SqlNode node, Expr expr) {
    int line = node.getParserPosition().getLineNum();
    int column = node.getParserPosition().getColumnNum();
    return scope -> {
      try {
        return expr.eval(scope);
      } catch (EvaluationException e) {
        throw e.at(line, column);
      } catch (IllegalArgumentException | ArithmeticException | DateTimeException e) {
        throw EvaluationException.at(line, column, e);
      }
    };
  }

  private Expr structure(SqlNode node) {
    if (node instanceof SqlLiteral literal) {
      return Literals.value(literal)
          .<Expr>map(value -> scope -> value)
          .orElseGet(() -> problems.add(node, "this literal is not supported: " + node));
    }
    if (node instanceof SqlCall call) {
      return call(call);
    }
    return problems.add(node, "this is not supported in an expression: " + node);
  }

  private Expr call(SqlCall call) {
    return switch (call.getKind()) {
      case AND -> fold(call, Comparison::and);
      case OR -> fold(call, Comparison::or);
      case NOT -> one(call, Comparison::not);
      case IS_NULL -> one(call, value -> Value.of(value.isNull()));
      case IS_NOT_NULL -> one(call, value -> Value.of(!value.isNull()));
      case IS_TRUE -> one(call, value -> Value.of(value.isTrue()));
      case IS_NOT_TRUE -> one(call, value -> Value.of(!value.isTrue()));
      case IS_FALSE -> one(call, value -> Value.of(Comparison.not(value).isTrue()));
      case IS_NOT_FALSE -> one(call, value -> Value.of(!Comparison.not(value).isTrue()));
      case EQUALS -> comparison(call, order -> order == 0);
      case NOT_EQUALS -> comparison(call, order -> order != 0);
      case LESS_THAN -> comparison(call, order -> order < 0);
      case LESS_THAN_OR_EQUAL -> comparison(call, order -> order <= 0);
      case GREATER_THAN -> comparison(call, order -> order > 0);
      case GREATER_THAN_OR_EQUAL -> comparison(call, order -> order >= 0);
      case BETWEEN -> between(call);
      case IN -> in(call, false);
      case NOT_IN -> in(call, true);
      case LIKE -> like(call);
      case CASE -> caseOf((SqlCase) call);
      case CAST -> cast(call);
      case PLUS -> arithmetic(call, Arithmetic.Op.PLUS);
      case MINUS -> arithmetic(call, Arithmetic.Op.MINUS);
      case TIMES -> arithmetic(call, Arithmetic.Op.TIMES);
      case DIVIDE -> arithmetic(call, Arithmetic.Op.DIVIDE);
      case MOD -> arithmetic(call, Arithmetic.Op.MOD);
      case PLUS_PREFIX -> compile(call.operand(0));
      case MINUS_PREFIX -> one(call, Arithmetic::negate);
      case TRIM -> trim(call);
      default -> byName(call);
    };
  }

  private Expr byName(SqlCall call) {
    String name = call.getOperator().getName().toUpperCase(Locale.ROOT);
    return switch (name) {
      case "COALESCE" -> coalesce(call);
      case "NULLIF" -> nullIf(call);
      default -> function(call, name);
    };
  }

  private Expr function(SqlCall call, String name) {
    if (call.getKind() == SqlKind.SELECT || SqlKind.SET_QUERY.contains(call.getKind())) {
      return problems.add(
          call, "a subquery is not supported: join or look up in a stage of its own");
    }
    ScalarFunction function = ScalarFunction.ALL.get(name);
    if (function == null) {
      return problems.add(call, Unsupported.call(call, name));
    }
    if (!arity(call, name, function.least(), function.most())) {
      return scope -> Value.NULL;
    }
    List<Expr> arguments = all(call.getOperandList());
    return scope -> function.apply(arguments.stream().map(a -> a.eval(scope)).toList());
  }

  private boolean arity(SqlCall call, String name, int least, int most) {
    int count = call.operandCount();
    if (count >= least && count <= most) {
      return true;
    }
    String wanted = least == most ? "" + least : least + " to " + most;
    problems.add(
        call,
        "%s takes %s argument%s, not %d".formatted(name, wanted, most == 1 ? "" : "s", count));
    return false;
  }

  private List<Expr> all(List<SqlNode> nodes) {
    List<Expr> compiled = new ArrayList<>();
    for (SqlNode node : nodes) {
      compiled.add(compile(node));
    }
    return List.copyOf(compiled);
  }

  private Expr one(SqlCall call, Function<Value, Value> body) {
    Expr operand = compile(call.operand(0));
    return scope -> body.apply(operand.eval(scope));
  }

  private Expr fold(SqlCall call, java.util.function.BinaryOperator<Value> body) {
    List<Expr> operands = all(call.getOperandList());
    return scope ->
        operands.stream().map(operand -> operand.eval(scope)).reduce(body).orElseThrow();
  }

  private Expr comparison(SqlCall call, IntPredicate holds) {
    Expr left = compile(call.operand(0));
    Expr right = compile(call.operand(1));
    return scope -> Comparison.test(left.eval(scope), right.eval(scope), holds);
  }

  private Expr arithmetic(SqlCall call, Arithmetic.Op op) {
    Expr left = compile(call.operand(0));
    Expr right = compile(call.operand(1));
    return scope -> Arithmetic.apply(op, left.eval(scope), right.eval(scope));
  }

  private Expr between(SqlCall call) {
    SqlBetweenOperator operator = (SqlBetweenOperator) call.getOperator();
    if (operator.flag == SqlBetweenOperator.Flag.SYMMETRIC) {
      return problems.add(call, "BETWEEN SYMMETRIC is not supported: order the limits yourself");
    }
    Expr value = compile(call.operand(0));
    Expr least = compile(call.operand(1));
    Expr most = compile(call.operand(2));
    Expr inside =
        scope -> {
          Value tested = value.eval(scope);
          return Comparison.and(
              Comparison.test(tested, least.eval(scope), order -> order >= 0),
              Comparison.test(tested, most.eval(scope), order -> order <= 0));
        };
    return negatedIf(operator.isNegated(), inside);
  }

  private static Expr negatedIf(boolean negated, Expr expr) {
    return negated ? scope -> Comparison.not(expr.eval(scope)) : expr;
  }

  private Expr in(SqlCall call, boolean negated) {
    if (!(call.operand(1) instanceof SqlNodeList list)) {
      return problems.add(
          call.operand(1), "IN takes a list of values: a subquery is not supported");
    }
    Expr left = compile(call.operand(0));
    List<Expr> options = all(list);
    return negatedIf(
        negated,
        scope ->
            Comparison.in(
                left.eval(scope), options.stream().map(option -> option.eval(scope)).toList()));
  }

  private Expr like(SqlCall call) {
    SqlLikeOperator operator = (SqlLikeOperator) call.getOperator();
    if (!operator.isCaseSensitive()) {
      return problems.add(call, "ILIKE is not supported: compare UPPER(…) with LIKE");
    }
    Expr value = compile(call.operand(0));
    Expr pattern = compile(call.operand(1));
    Expr escape = call.operandCount() > 2 ? compile(call.operand(2)) : scope -> Value.of("");
    Function<Value, Pattern> compiled = new LastPattern();
    return negatedIf(
        operator.isNegated(),
        scope -> {
          Value text = value.eval(scope);
          Value wanted = pattern.eval(scope);
          Value escaped = escape.eval(scope);
          if (text.isNull() || wanted.isNull() || escaped.isNull()) {
            return Value.UNKNOWN_TRUTH;
          }
          String key = ScalarFunction.text(escaped) + '\0' + ScalarFunction.text(wanted);
          return Value.of(
              compiled.apply(Value.of(key)).matcher(ScalarFunction.text(text)).matches());
        });
  }

  /** Keeps the pattern that was compiled last; racing threads at worst compile it twice. */
  private static final class LastPattern implements Function<Value, Pattern> {
    private record Entry(String key, Pattern pattern) {}

    private volatile Entry last = new Entry("", Pattern.compile(""));

    @Override
    public Pattern apply(Value value) {
      String key = (String) value.object();
      Entry entry = last;
      if (!entry.key().equals(key)) {
        int cut = key.indexOf('\0');
        entry = new Entry(key, LikePattern.compile(key.substring(cut + 1), key.substring(0, cut)));
        last = entry;
      }
      return entry.pattern();
    }
  }

  private Expr caseOf(SqlCase node) {
    List<Expr> conditions = all(node.getWhenOperands());
    List<Expr> results = all(node.getThenOperands());
    SqlNode otherwise = node.getElseOperand();
    Expr rest = otherwise == null ? scope -> Value.NULL : compile(otherwise);
    Type type = literalType(node);
    return scope -> {
      Value value = chosen(scope, conditions, results, rest);
      return value.type().equals(Type.UNKNOWN) ? Value.nullOf(type) : value;
    };
  }

  /** The type of the first branch that is a literal: that of a null from a branch without type. */
  private static Type literalType(SqlCase node) {
    List<SqlNode> branches = new ArrayList<>(node.getThenOperands().getList());
    branches.add(node.getElseOperand());
    return branches.stream()
        .filter(SqlLiteral.class::isInstance)
        .flatMap(branch -> Literals.value((SqlLiteral) branch).stream())
        .map(Value::type)
        .filter(type -> !type.equals(Type.UNKNOWN))
        .findFirst()
        .orElse(Type.UNKNOWN);
  }

  private static Value chosen(Scope scope, List<Expr> conditions, List<Expr> results, Expr rest) {

    for (int i = 0; i < conditions.size(); i++) {
      if (SqlQuery.holds(conditions.get(i), scope)) {
        return results.get(i).eval(scope);
      }
    }
    return rest.eval(scope);
  }

  private Expr coalesce(SqlCall call) {
    List<Expr> options = all(call.getOperandList());
    if (options.isEmpty()) {
      return problems.add(call, "COALESCE takes at least 1 argument, not 0");
    }
    return scope -> {
      Value value = Value.NULL;
      for (Expr option : options) {
        Value next = option.eval(scope);
        if (!next.isNull()) {
          return next;
        }
        value = value.type().equals(Type.UNKNOWN) ? next : value;
      }
      return value;
    };
  }

  private Expr nullIf(SqlCall call) {
    if (!arity(call, "NULLIF", 2, 2)) {
      return scope -> Value.NULL;
    }
    Expr value = compile(call.operand(0));
    Expr other = compile(call.operand(1));
    return scope -> {
      Value kept = value.eval(scope);
      boolean equal = Comparison.test(kept, other.eval(scope), order -> order == 0).isTrue();
      return equal ? Value.nullOf(kept.type()) : kept;
    };
  }

  private Expr trim(SqlCall call) {
    if (!(call.getOperator() instanceof SqlFunction) || call.operandCount() != 3) {
      return problems.add(call, "TRIM takes 1 argument, not " + call.operandCount());
    }
    SqlTrimFunction.Flag flag =
        ((SqlLiteral) call.operand(0)).getValueAs(SqlTrimFunction.Flag.class);
    Expr character = compile(call.operand(1));
    Expr value = compile(call.operand(2));
    boolean leading = flag != SqlTrimFunction.Flag.TRAILING;
    boolean trailing = flag != SqlTrimFunction.Flag.LEADING;
    return scope ->
        ScalarFunction.trim(leading, trailing, character.eval(scope), value.eval(scope));
  }

  private Expr cast(SqlCall call) {
    SqlDataTypeSpec spec = call.operand(1);
    Expr value = compile(call.operand(0));
    String name = spec.getTypeName().getSimple().toUpperCase(Locale.ROOT);
    int precision = -1;
    int scale = -1;
    if (spec.getTypeNameSpec() instanceof SqlBasicTypeNameSpec basic) {
      precision = basic.getPrecision();
      scale = basic.getScale();
    }
    Optional<Casts.Target> target = Literals.castTarget(name, precision, scale);
    if (target.isEmpty()) {
      return problems.add(spec, "CAST to " + name + " is not supported");
    }
    return scope -> Casts.cast(value.eval(scope), target.get());
  }
}

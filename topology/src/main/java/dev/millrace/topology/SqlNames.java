package dev.millrace.topology;

import dev.millrace.topology.SqlTokens.Token;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds the tables SQL reads: the names after FROM, JOIN and the commas of a FROM list, also in
 * subqueries; names defined by WITH are none. It knows no more of SQL than that; whether the SQL is
 * right is its processor's business. Never throws.
 */
public final class SqlNames {

  /**
   * A table named in SQL.
   *
   * @param name the name without quotes; parts are joined with dots
   * @param line where it is first named, from 1
   * @param column in Java characters, from 1
   */
  public record Table(String name, int line, int column) {}

  private static final Set<String> ENDS_FROM =
      Set.of(
          "WHERE",
          "GROUP",
          "HAVING",
          "ORDER",
          "LIMIT",
          "OFFSET",
          "FETCH",
          "WINDOW",
          "UNION",
          "EXCEPT",
          "INTERSECT",
          "SELECT",
          "QUALIFY");

  /** One level of parentheses: a query, or a function's arguments, where FROM names no table. */
  private static final class Level {
    private final boolean query;
    private boolean inFrom;
    private boolean tableNext;

    Level(boolean query, boolean tableNext) {
      this.query = query;
      this.inFrom = tableNext;
      this.tableNext = tableNext;
    }
  }

  private final List<Token> tokens;
  private final Map<String, Table> tables = new LinkedHashMap<>();
  private final Set<String> defined = new HashSet<>();
  private final Deque<Level> levels = new ArrayDeque<>();

  private SqlNames(String sql) {
    tokens = SqlTokens.of(sql);
    levels.push(new Level(true, false));
  }

  /** The tables a text reads, each once, in its order. */
  public static List<Table> tables(String sql) {
    return new SqlNames(sql).find();
  }

  private List<Table> find() {
    int i = 0;
    while (i < tokens.size()) {
      i = step(i);
    }
    List<Table> found = new ArrayList<>(tables.values());
    found.removeIf(table -> defined.contains(table.name()));
    return List.copyOf(found);
  }

  private int step(int i) {
    Token token = tokens.get(i);
    Level level = levels.element();
    if (token.isSign('(')) {
      open(i, level);
    } else if (token.isSign(')')) {
      close();
    } else if (token.isSign(',')) {
      level.tableNext = level.inFrom;
    } else if (level.tableNext && isTableName(token)) {
      return table(i, level);
    } else if (token.kind() == SqlTokens.Kind.WORD) {
      word(i, token, level);
    }
    return i + 1;
  }

  private void open(int i, Level level) {
    boolean query = i + 1 < tokens.size() && startsQuery(tokens.get(i + 1));
    boolean joined = level.tableNext && !query;
    if (query) {
      defineBefore(i);
    }
    level.tableNext = false;
    levels.push(new Level(query || joined, joined));
  }

  private void close() {
    if (levels.size() > 1) {
      levels.pop();
    }
  }

  private void word(int i, Token token, Level level) {
    boolean distinctFrom = i > 0 && tokens.get(i - 1).isWord("DISTINCT");
    if (level.query && (token.isWord("JOIN") || (token.isWord("FROM") && !distinctFrom))) {
      level.inFrom = true;
      level.tableNext = true;
    } else if (ENDS_FROM.stream().anyMatch(token::isWord)) {
      level.inFrom = false;
      level.tableNext = false;
    }
  }

  private int table(int i, Level level) {
    StringBuilder name = new StringBuilder(tokens.get(i).text());
    int next = i + 1;
    while (next + 1 < tokens.size()
        && tokens.get(next).isSign('.')
        && tokens.get(next + 1).isName()) {
      name.append('.').append(tokens.get(next + 1).text());
      next += 2;
    }
    level.tableNext = false;
    boolean function = next < tokens.size() && tokens.get(next).isSign('(');
    if (!function) {
      Token first = tokens.get(i);
      tables.putIfAbsent(name.toString(), new Table(name.toString(), first.line(), first.column()));
    }
    return next;
  }

  /** {@code name AS (SELECT} and {@code name (a, b) AS (SELECT}: the name is defined here. */
  private void defineBefore(int i) {
    int name = i - 2;
    if (i < 2 || !tokens.get(i - 1).isWord("AS")) {
      return;
    }
    if (tokens.get(name).isSign(')')) {
      while (name > 0 && !tokens.get(name).isSign('(')) {
        name--;
      }
      name--;
    }
    if (name >= 0 && tokens.get(name).isName()) {
      defined.add(tokens.get(name).text());
    }
  }

  private static boolean startsQuery(Token token) {
    return token.isWord("SELECT") || token.isWord("WITH") || token.isWord("VALUES");
  }

  private static boolean isTableName(Token token) {
    boolean noise = token.isWord("LATERAL") || token.isWord("ONLY") || token.isWord("STREAM");
    boolean keyword = ENDS_FROM.stream().anyMatch(token::isWord);
    return token.isName() && !noise && !keyword;
  }
}

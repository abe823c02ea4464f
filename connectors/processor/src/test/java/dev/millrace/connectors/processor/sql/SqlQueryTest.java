package dev.millrace.connectors.processor.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SqlQueryTest {
  private static List<String> problems(String sql) {
    return switch (SqlQuery.parse(sql)) {
      case SqlQuery.Compiled compiled -> List.of();
      case SqlQuery.Refused refused ->
          refused.problems().stream().map(SqlProblem::toString).toList();
    };
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT * FROM users",
        "select id, name from users where id > 3 and name is not null;",
        "SELECT u.id, u.name AS n FROM users AS u WHERE u.id IN (1, 2)",
        "SELECT *, id + 1 AS following_id FROM shop.shop.orders",
        "SELECT orders.id FROM shop.orders",
        "SELECT \"Weird Name\" AS w FROM \"my-topic\"",
        "SELECT user_id, COUNT(*) AS visits FROM users GROUP BY user_id",
        "SELECT u.user_id, COUNT(*) AS visits FROM users u GROUP BY user_id HAVING visits > 2",
        "SELECT UPPER(city) AS town, SUM(a) s, MIN(a), MAX(a), AVG(a) FROM t GROUP BY town",
        "SELECT 'all' AS name, COUNT(x) AS n FROM t GROUP BY 'all'",
        "SELECT COUNT(*) + 1 AS n FROM t GROUP BY a, b HAVING COUNT(*) > 1 AND a > 0",
        "SELECT a FROM t GROUP BY a",
        "SELECT TRIM(a) AS b, TRIM(LEADING 'x' FROM a) AS c, SUBSTRING(a FROM 2 FOR 3) AS d FROM t",
        "SELECT LEFT(a, 2) AS l, RIGHT(a, 2) AS r, POSITION('x' IN a) AS p, CEIL(a) AS c FROM t",
        "SELECT a || 'x' AS b, a % 2 AS m, MOD(a, 2) AS n, POWER(a, 2) AS q FROM t",
        "SELECT CASE WHEN a = 1 THEN 'x' ELSE 'y' END AS b, CASE a WHEN 1 THEN 2 END AS c FROM t",
        "SELECT CAST(a AS DECIMAL(10, 2)) AS b, CAST(a AS VARCHAR) AS c FROM t WHERE a != 1",
        "SELECT a FROM t WHERE d > DATE '2024-01-01' AND e < TIMESTAMP '2024-01-01 10:00:00'",
        "SELECT a FROM t WHERE a LIKE 'x!_%' ESCAPE '!' AND b NOT LIKE '%y' AND c NOT BETWEEN 1 AND"
            + " 2",
        "SELECT COALESCE(a, b, 0) AS c, NULLIF(a, 0) AS d, CONCAT(a, b, 'c') AS e FROM t"
      })
  void runs(String sql) {
    assertThat(problems(sql)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '~',
      textBlock =
          """
          SELECT id FROM visits ORDER BY id       # line 1, column 23: ORDER BY is not supported: a stream has no end to sort
          SELECT id FROM t LIMIT 3                # line 1, column 18: LIMIT is not supported: the query goes on for every row that comes
          SELECT a FROM t JOIN u ON t.a = u.a     # line 1, column 17: JOIN is not supported: a processor reads one topic
          SELECT a FROM t, u                      # line 1, column 16: JOIN is not supported: a processor reads one topic
          SELECT a FROM (SELECT a FROM t)         # line 1, column 16: a subquery is not supported in FROM: make it a stage of its own and name that
          SELECT a FROM t WHERE a IN (SELECT b FROM u) # line 1, column 29: IN takes a list of values: a subquery is not supported
          SELECT a FROM t WHERE EXISTS (SELECT b FROM u) # line 1, column 23: a subquery is not supported: make it a stage of its own and name that
          SELECT DISTINCT a FROM t                # line 1, column 8: SELECT DISTINCT is not supported: GROUP BY the same columns instead
          SELECT a FROM t UNION ALL SELECT a FROM u # line 1, column 17: UNION is not supported: a processor reads one topic
          WITH x AS (SELECT a FROM t) SELECT a FROM x # line 1, column 1: WITH is not supported: make it a stage of its own and name that
          CREATE TABLE t (a INT)                  # line 1, column 1: CREATE is not supported: a processor's query is a SELECT
          DELETE FROM t                           # line 1, column 1: DELETE is not supported: a processor's query is a SELECT
          SELECT FOO(a) AS b FROM t               # line 1, column 8: there is no function FOO; docs/sql.md lists them
          SELECT UPER(a) AS b FROM t              # line 1, column 8: there is no function UPER; is UPPER meant?
          SELECT UPPER(a, b) AS c FROM t          # line 1, column 8: UPPER takes 1 argument, not 2
          SELECT SUM(a) OVER (ORDER BY a) AS c FROM t # line 1, column 8: windows are not supported
          SELECT a, COUNT(DISTINCT b) AS n FROM t GROUP BY a # line 1, column 11: COUNT(DISTINCT …) is not supported: it would have to keep every value met
          SELECT b, COUNT(*) AS n FROM t GROUP BY a # line 1, column 8: column 'b' is neither grouped by nor inside an aggregate
          SELECT COUNT(*) AS n FROM t             # line 1, column 8: an aggregate needs GROUP BY here: the result is a table, and a table needs a key
          SELECT a, SUM(*) AS n FROM t GROUP BY a # line 1, column 11: SUM(*) has no meaning: name a column
          SELECT a FROM t WHERE COUNT(*) > 1      # line 1, column 23: COUNT is an aggregate and cannot stand here
          SELECT a, COUNT(*) AS n FROM t GROUP BY 1 # line 1, column 41: GROUP BY takes columns and expressions, not positions
          SELECT LOWER(c) AS c, COUNT(*) AS n FROM t GROUP BY LOWER(c), c # line 1, column 63: two columns of GROUP BY have the name 'c': select one AS another
          SELECT * FROM t GROUP BY a              # line 1, column 8: * cannot be selected with GROUP BY: name the columns
          SELECT a, b AS a FROM t                 # line 1, column 11: two columns have the name 'a': give one an alias with AS
          SELECT x.a FROM t                       # line 1, column 8: there is no table 'x' here, only t; fields inside a column cannot be reached
          SELECT a FROM t GROUP BY ROLLUP(a)      # line 1, column 26: ROLLUP is not supported in GROUP BY
          SELECT CAST(a AS VARBINARY) AS b FROM t # line 1, column 18: CAST to VARBINARY is not supported
          SELECT a FORM t                         # line 1, column 15: 't' is not expected here
          SELECT a FROM                           # line 1, column 13: the query ends too early
          SELECT a AS next FROM t                 # line 1, column 13: 'next' is not expected here; 'next' is a keyword: as a name it needs double quotes
          SELECT value FROM t                     # line 1, column 8: 'value' is not expected here; 'value' is a keyword: as a name it needs double quotes
          SELECT `a` FROM t                       # line 1, column 8: a backtick is not expected here: names are quoted with double quotes
          SELECT a                                # line 1, column 1: FROM is missing: name the topic or stage to read
          """)
  void isRefusedWithPlaceAndReason(String sql, String message) {
    assertThat(problems(sql)).containsExactly(message);
  }

  /** Whatever stands in the text, the answer is a query or a problem with a place. */
  @Property(tries = 300)
  void neverThrows(@ForAll("mutants") String sql) {
    switch (SqlQuery.parse(sql)) {
      case SqlQuery.Compiled compiled -> assertThat(compiled.query().table()).isNotEmpty();
      case SqlQuery.Refused refused -> assertThat(refused.problems()).isNotEmpty();
    }
  }

  @Provide
  Arbitrary<String> mutants() {
    Arbitrary<String> words =
        Arbitraries.of(
            "SELECT",
            "a",
            "COUNT(*)",
            "COUNT(DISTINCT a)",
            "SUM(a)",
            "FROM",
            "t",
            "WHERE",
            "GROUP BY",
            "HAVING",
            "ORDER BY",
            "1",
            "1e400",
            "'x'",
            "DATE 'x'",
            "X'0'",
            "CAST(a AS INT ARRAY)",
            "CAST(a AS ROW(x INT))",
            "INTERVAL '1' DAY",
            "(",
            ")",
            ",",
            "+",
            "AS b",
            "*",
            "t.*",
            "?",
            "AND",
            "IN (1)",
            "IN",
            "LIKE",
            "CASE",
            "WHEN",
            "THEN",
            "END",
            "OVER (ORDER BY a)",
            "[1]",
            "FILTER (WHERE a)",
            "ROW(1)",
            "CURRENT_DATE",
            "CEIL(a TO DAY)",
            "(SELECT 1)",
            "\n",
            "x.y.z");
    return words.list().ofMaxSize(8).map(list -> "SELECT " + String.join(" ", list) + " FROM t");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DATE 'x'",
        "CAST(a AS INT ARRAY)",
        "CAST(a AS ROW(x INT))",
        "INTERVAL '1' DAY",
        "?",
        "CEIL(a TO DAY)",
        "(SELECT 1)",
        "ROW(1)",
        "CURRENT_DATE",
        "a[1]",
        "ARRAY[1]",
        "t.a.b",
        "SUM(a) FILTER (WHERE a)",
        "TUMBLE(a)",
        "a IN (SELECT 1 FROM t)",
        "EXTRACT(DAY FROM a)"
      })
  void oddExpressionsAreRefused(String expression) {
    assertThat(problems("SELECT " + expression + " AS x FROM t")).isNotEmpty();
  }

  @Test
  void tellsAllProblemsAtOnceInOrder() {
    assertThat(problems("SELECT FOO(a) AS x,\n  QUX(b) AS y\nFROM t\nORDER BY a\nLIMIT 1"))
        .containsExactly(
            "line 1, column 8: there is no function FOO; docs/sql.md lists them",
            "line 2, column 3: there is no function QUX; docs/sql.md lists them",
            "line 4, column 1: ORDER BY is not supported: a stream has no end to sort",
            "line 5, column 1: LIMIT is not supported: the query goes on for every row that comes");
  }

  @Test
  void anEmptyQueryIsRefused() {
    assertThat(problems("  "))
        .containsExactly("line 1, column 1: the query is empty: write SELECT … FROM …");
  }

  @Test
  void namesTheKeysByAliasOrColumn() {
    SqlQuery.Compiled parsed =
        (SqlQuery.Compiled)
            SqlQuery.parse(
                "SELECT UPPER(c) AS town, COUNT(*) n FROM t GROUP BY UPPER(c), user_id, a + 1");
    SqlQuery.Grouping grouping = (SqlQuery.Grouping) parsed.query().output();
    assertThat(grouping.keys().stream().map(SqlQuery.Column::name))
        .containsExactly("town", "user_id", "key_3");
  }
}

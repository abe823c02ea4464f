package dev.millrace.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SqlNamesTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          SELECT 1                                                          | ~~
          SELECT a FROM t                                                   | t
          select a from t where b = 'FROM x'                                | t
          SELECT a FROM "my topic"                                          | my topic
          SELECT a FROM "a""b"                                              | a"b
          SELECT a FROM `t-1` AS x                                          | t-1
          SELECT a FROM s.t                                                 | s.t
          SELECT a FROM "s"."t"                                             | s.t
          SELECT a FROM t, u AS v, w                                        | t,u,w
          SELECT a FROM t x, u                                              | t,u
          SELECT a FROM t JOIN u ON t.a = u.a LEFT JOIN v USING (a)         | t,u,v
          SELECT a FROM (t JOIN u ON t.a = u.a)                             | t,u
          SELECT a FROM (SELECT b FROM t) x                                 | t
          SELECT a FROM t WHERE b IN (SELECT c FROM u), d                   | t,u
          SELECT a FROM t GROUP BY a, b ORDER BY c, d                       | t
          SELECT EXTRACT(DAY FROM d) FROM t                                 | t
          SELECT TRIM(LEADING 'x' FROM (d)) FROM t                          | t
          SELECT a IS DISTINCT FROM b FROM t                                | t
          SELECT a FROM TABLE(f(1)), t                                      | t
          SELECT a FROM UNNEST(b) u, t                                      | t
          SELECT a FROM t, LATERAL (SELECT 1 FROM u)                        | t,u
          SELECT a FROM t UNION ALL SELECT b FROM u                         | t,u
          SELECT a FROM t -- FROM x                                         | t
          SELECT /* FROM x */ a FROM t                                      | t
          WITH c AS (SELECT a FROM t) SELECT a FROM c                       | t
          WITH c (x, y) AS (SELECT a FROM t), d AS (SELECT b FROM c) SELECT a FROM d | t
          SELECT a FROM t, t                                                | t
          SELECT a FROM                                                     | ~~
          SELECT a FROM WHERE b                                             | ~~
          SELECT a FROM )(                                                  | ~~
          SELECT 'unclosed FROM t                                           | ~~
          SELECT a FROM "unclosed                                           | unclosed
          """)
  void findsTheTables(String sql, String names) {
    assertThat(String.join(",", names(sql))).isEqualTo(names);
  }

  @ParameterizedTest
  @CsvSource({"SELECT a FROM t, 1, 15", "'SELECT a\nFROM\n  t', 3, 3", "SELECT a FROM x.t, 1, 15"})
  void saysWhereTheyStand(String sql, int line, int column) {
    SqlNames.Table table = SqlNames.tables(sql).getFirst();
    assertThat(List.of(table.line(), table.column())).containsExactly(line, column);
  }

  @Property
  void neverThrows(@ForAll String text) {
    assertThat(SqlNames.tables("SELECT a FROM " + text)).isNotNull();
  }

  private static List<String> names(String sql) {
    return SqlNames.tables(sql).stream().map(SqlNames.Table::name).toList();
  }
}

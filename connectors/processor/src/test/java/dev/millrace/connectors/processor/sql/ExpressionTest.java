package dev.millrace.connectors.processor.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.connectors.processor.row.Kind;
import dev.millrace.connectors.processor.row.RowReader;
import dev.millrace.connectors.processor.row.Value;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values of expressions over the row {@link #ROW}. */
class ExpressionTest {
  private static final String ROW =
      "{\"i\":7,\"d\":2.5,\"s\":\"Kafka\",\"b\":true,\"n\":null,\"z\":0,\"neg\":-7}";

  private static Value eval(String expression, String row) {
    SqlQuery.Parsed parsed = SqlQuery.parse("SELECT " + expression + " AS x FROM t");
    assertThat(parsed).isInstanceOf(SqlQuery.Compiled.class);
    SqlQuery.Projection projection =
        (SqlQuery.Projection) ((SqlQuery.Compiled) parsed).query().output();
    RowReader.Row read = (RowReader.Row) new RowReader().read(row.getBytes(StandardCharsets.UTF_8));
    return ((SqlQuery.Column) projection.items().get(0)).expr().eval(read.row());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '~',
      textBlock =
          """
          i + 1 # 8
          i / 2 # 3
          neg / 2 # -3
          neg % 3 # -1
          i + d # 9.5
          1.10 + 2.2 # 3.30
          1.5 * 1.5 # 2.25
          1.00 / 3 # 0.333333
          -i # -7
          i + n # null
          n = n # null
          n IS NULL # true
          i IS NOT NULL # true
          NOT (n = 1) # null
          n = 1 AND z = 1 # false
          n = 1 AND z = 0 # null
          n = 1 OR z = 0 # true
          n = 1 OR z = 1 # null
          i IN (1, 7) # true
          i IN (1, n) # null
          i NOT IN (1, n) # null
          i NOT IN (1, 2) # true
          i BETWEEN 1 AND 7 # true
          i NOT BETWEEN 1 AND 7 # false
          i = 7.0 # true
          d = 2.5 # true
          d > i # false
          s <> 'kafka' # true
          s LIKE 'K%a' # true
          s LIKE '_af__' # true
          s NOT LIKE 'a%' # true
          'a%b' LIKE 'a!%b' ESCAPE '!' # true
          n LIKE 'a' # null
          'a😀b' LIKE '%😀_' # true
          'a😀b' LIKE 'a_b' # true
          '😀%' LIKE '_!%' ESCAPE '!' # true
          CASE WHEN i > 5 THEN 'big' ELSE 'small' END # big
          CASE i WHEN 1 THEN 'one' END # null
          CASE WHEN n = 1 THEN 1 ELSE 2 END # 2
          COALESCE(n, i, 1) # 7
          NULLIF(i, 7) # null
          NULLIF(i, 8) # 7
          UPPER(s) || '!' # KAFKA!
          LOWER(s) # kafka
          s || n # null
          CONCAT(s, '-', i) # Kafka-7
          TRIM('  x ') # x
          TRIM(LEADING 'x' FROM 'xxax') # ax
          TRIM(TRAILING 'x' FROM 'xxax') # xxa
          SUBSTRING(s, 2) # afka
          SUBSTRING(s FROM 2 FOR 2) # af
          SUBSTRING(s, 0, 2) # K
          SUBSTRING(s, 9) #
          CHAR_LENGTH(s) # 5
          LENGTH('😀a') # 2
          REPLACE(s, 'a', 'o') # Kofko
          POSITION('f' IN s) # 3
          POSITION('x' IN s) # 0
          LEFT(s, 2) # Ka
          RIGHT(s, 2) # ka
          ABS(neg) # 7
          ABS(-2.50) # 2.50
          ROUND(2.345, 2) # 2.35
          ROUND(d) # 3.0
          FLOOR(-2.5) # -3
          CEIL(d) # 3.0
          MOD(i, 4) # 3
          POWER(2, 10) # 1024.0
          CAST('42' AS INTEGER) # 42
          CAST(d AS DECIMAL(5, 2)) # 2.50
          CAST(i AS VARCHAR) # 7
          CAST(s AS VARCHAR(2)) # Ka
          CAST('😀ab' AS VARCHAR(2)) # 😀a
          CAST(16777217 AS REAL) # 1.6777216E7
          CAST(0.1 AS REAL) # 0.1
          CAST('true' AS BOOLEAN) # true
          CAST('2024-02-29' AS DATE) # 2024-02-29
          CAST('2024-02-29 10:00:00' AS TIMESTAMP) # 2024-02-29 10:00:00.000
          CAST(TIMESTAMP '2024-02-29 10:00:00' AS DATE) # 2024-02-29
          DATE '2024-02-29' > '2024-02-28' # true
          CAST(n AS INTEGER) # null
          b # true
          I # 7
          missing # null
          b IS NOT TRUE # false
          """)
  void hasTheValue(String expression, String value) {
    assertThat(eval(expression, ROW).text()).isEqualTo(value == null ? "" : value);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '~',
      textBlock =
          """
          i / z # line 1, column 8: division by zero
          9223372036854775807 + 1 # line 1, column 8: 9223372036854775807 + 1 is beyond a 64-bit integer
          s + 1 # line 1, column 8: + takes numbers, not a string; CAST it first
          s > 1 # line 1, column 8: a string cannot be compared with a integer; CAST one of them
          UPPER(i) # line 1, column 8: text is wanted here, not a integer; CAST it first
          CAST(s AS INTEGER) # line 1, column 8: a string of this value cannot be cast to int32
          CAST(300 AS TINYINT) # line 1, column 8: 300 is beyond int8
          CAST(12345 AS DECIMAL(4, 0)) # line 1, column 8: 12345 has more than the 4 digits of the decimal it is cast to
          CAST('1e400' AS DOUBLE) # line 1, column 8: the number is beyond double
          CAST(1e300 AS REAL) # line 1, column 8: the number is beyond float
          NOT i # line 1, column 8: a condition is wanted here, not a integer
          """)
  void hasNoValue(String expression, String message) {
    assertThatThrownBy(() -> eval(expression, ROW))
        .isInstanceOf(EvaluationException.class)
        .hasMessage(message);
  }

  @Property
  void integerArithmeticIsExactOrAnError(@ForAll long a, @ForAll long b) {
    BigInteger exact = BigInteger.valueOf(a).multiply(BigInteger.valueOf(b));
    Value left = Value.of(a);
    Value right = Value.of(b);
    if (exact.bitLength() < Long.SIZE) {
      assertThat(Arithmetic.apply(Arithmetic.Op.TIMES, left, right).asLong())
          .isEqualTo(exact.longValueExact());
    } else {
      assertThatThrownBy(() -> Arithmetic.apply(Arithmetic.Op.TIMES, left, right))
          .isInstanceOf(EvaluationException.class);
    }
  }

  @Property
  void equalNumbersAreOneGroup(@ForAll int a, @ForAll int b) {
    Value whole = Value.of(a);
    Value decimal = Value.of(new java.math.BigDecimal(b).setScale(2));
    Value floating = Value.of((double) b);
    boolean equal = Comparison.compare(whole, decimal) == 0;
    assertThat(whole.canonical().equals(decimal.canonical())).isEqualTo(equal).isEqualTo(a == b);
    assertThat(floating.canonical()).isEqualTo(decimal.canonical());
    assertThat(decimal.kind()).isEqualTo(Kind.DECIMAL);
  }
}

package dev.millrace.connectors.processor.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.connectors.processor.row.Type;
import dev.millrace.connectors.processor.row.Value;
import dev.millrace.connectors.processor.sql.SqlQuery;
import java.math.BigDecimal;
import java.util.List;
import org.apache.kafka.common.utils.Bytes;
import org.junit.jupiter.api.Test;

class GroupKeysTest {
  private static SqlQuery.Grouping by(String columns) {
    SqlQuery.Parsed parsed = SqlQuery.parse("SELECT COUNT(*) AS n FROM t GROUP BY " + columns);
    return (SqlQuery.Grouping) ((SqlQuery.Compiled) parsed).query().output();
  }

  private static Bytes key(Value... values) {
    return Bytes.wrap(Tuples.key(List.of(values)));
  }

  @Test
  void aBareValueHasSeveralReadings() {
    assertThat(GroupKeys.readings(by("u"), "42"))
        .startsWith(key(new Value(Type.INT32, 42L)))
        .contains(key(Value.of("42")), key(new Value(Type.DATE, 42L)));
    assertThat(GroupKeys.readings(by("u"), "1.50")).startsWith(key(Value.of(1.5)));
    assertThat(GroupKeys.readings(by("u"), "alice")).containsExactly(key(Value.of("alice")));
    assertThat(GroupKeys.readings(by("u"), "true"))
        .containsExactly(key(Value.TRUE), key(Value.of("true")));
    assertThat(GroupKeys.readings(by("u"), "null"))
        .containsExactly(key(Value.of("null")), key(Value.NULL));
    assertThat(GroupKeys.readings(by("u"), "1970-01-02")).contains(key(new Value(Type.DATE, 1L)));
    assertThat(GroupKeys.readings(by("u"), "1e999999999"))
        .contains(key(new Value(Type.decimal(0), new BigDecimal("1e999999999"))));
    assertThat(GroupKeys.readings(by("u"), "1e2147483647")).isNotEmpty();
  }

  @Test
  void anObjectNamesAllColumns() {
    assertThat(GroupKeys.readings(by("u, c"), "{\"c\":\"x\",\"u\":1}"))
        .startsWith(key(Value.of(1), Value.of("x")));
    assertThat(GroupKeys.readings(by("u"), "{\"u\":null}")).containsExactly(key(Value.NULL));
  }

  @Test
  void whatCannotBeReadIsRefused() {
    assertThatThrownBy(() -> GroupKeys.readings(by("u, c"), "1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("The key has the columns [u, c]: write it as a JSON object, not as '1'");
    assertThatThrownBy(() -> GroupKeys.readings(by("u"), "{\"x\":1}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("The key '{\"x\":1}' does not have exactly the columns [u]");
    assertThatThrownBy(() -> GroupKeys.readings(by("u"), "{\"u\":[1]}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("The key's column 'u' is not a single value");
    assertThatThrownBy(() -> GroupKeys.readings(by("u"), "{oops"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("The key '{oops' is not JSON:");
  }
}

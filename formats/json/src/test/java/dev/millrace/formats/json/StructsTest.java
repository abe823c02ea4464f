package dev.millrace.formats.json;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.junit.jupiter.api.Test;

class StructsTest {

  /** If this fails the rest still passes, by putting each value, but more slowly. */
  @Test
  void valuesOfThisVersionsStructsCanBeSet() {
    Struct struct = new Struct(SchemaBuilder.struct().field("a", Schema.INT32_SCHEMA).build());
    Object[] values = Structs.values(struct);
    assertThat(values).hasSize(1);
    values[0] = 5;
    assertThat(struct.getInt32("a")).isEqualTo(5);
  }
}

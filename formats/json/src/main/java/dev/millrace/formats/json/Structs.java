package dev.millrace.formats.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;

/**
 * Fills structs with values that were read by their fields' schemas, and so need not be checked
 * against them once more: {@link Struct#put} takes a third of the time of reading a struct. It is
 * used all the same where the struct's values cannot be had directly (decision 0150).
 */
final class Structs {

  private static final VarHandle VALUES = values();

  private Structs() {}

  /**
   * The values of a struct, in the order of its fields, to be set; null when {@link Struct#put} has
   * to do it.
   */
  static Object[] values(Struct struct) {
    return VALUES == null ? null : (Object[]) VALUES.get(struct);
  }

  private static VarHandle values() {
    try {
      VarHandle values =
          MethodHandles.privateLookupIn(Struct.class, MethodHandles.lookup())
              .findVarHandle(Struct.class, "values", Object[].class);
      return works(values) ? values : null;
    } catch (ReflectiveOperationException | RuntimeException e) {
      return null; // another version of the Connect API, or one that is closed
    }
  }

  private static boolean works(VarHandle values) {
    Schema schema =
        SchemaBuilder.struct()
            .field("a", Schema.INT32_SCHEMA)
            .field("b", Schema.STRING_SCHEMA)
            .build();
    Struct struct = new Struct(schema);
    Object[] direct = (Object[]) values.get(struct);
    direct[0] = 1;
    direct[1] = "x";
    return struct.equals(new Struct(schema).put("a", 1).put("b", "x"));
  }
}

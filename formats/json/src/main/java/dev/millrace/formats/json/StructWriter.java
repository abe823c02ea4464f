package dev.millrace.formats.json;

import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/**
 * Writes structs, their fields' names in JSON beforehand. Values of the commonest types are written
 * here rather than by a writer of their own: such a call costs more than a short value. Immutable.
 */
final class StructWriter implements ValueWriter {

  private final Schema schema;
  private final Member[] members;

  /** What is written here. */
  private enum Kind {
    INT,
    LONG,
    DOUBLE,
    BOOLEAN,
    STRING,
    OTHER;

    static Kind of(Schema schema) {
      if (schema.name() != null) return OTHER; // might be a logical type
      return switch (schema.type()) {
        case INT32 -> INT;
        case INT64 -> LONG;
        case FLOAT64 -> DOUBLE;
        case BOOLEAN -> BOOLEAN;
        case STRING -> STRING;
        case INT8, INT16, FLOAT32, BYTES, ARRAY, MAP, STRUCT -> OTHER;
      };
    }
  }

  /**
   * A field.
   *
   * @param name as it is written, with what is before and behind it
   * @param writer of any value, also null
   * @param defaulted whether its schema has a default
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Member(
      Field field, byte[] name, Kind kind, ValueWriter writer, boolean defaulted) {}

  StructWriter(Schema schema, ValueWriters all) {
    this.schema = schema;
    this.members = new Member[schema.fields().size()];
    for (int i = 0; i < members.length; i++) {
      Field field = schema.fields().get(i);
      members[i] =
          new Member(
              field,
              name(i == 0 ? '{' : ',', field.name()),
              Kind.of(field.schema()),
              all.of(field.schema()),
              field.schema().defaultValue() != null);
    }
  }

  private static byte[] name(char before, String name) {
    var out = new Output();
    out.raw(before);
    out.string(name);
    out.raw(':');
    return out.toBytes();
  }

  @Override
  public void write(Output out, Object value) {
    Struct struct = (Struct) value;
    if (struct.schema() != schema && !struct.schema().equals(schema)) throw new Unusual();
    if (members.length == 0) out.raw('{');
    for (Member member : members) {
      out.raw(member.name);
      write(out, member, value(struct, member));
    }
    out.raw('}');
  }

  /** get() puts defaults for nulls, which is the setting's business. */
  private static Object value(Struct struct, Member member) {
    return member.defaulted
        ? struct.getWithoutDefault(member.field.name())
        : struct.get(member.field);
  }

  private static void write(Output out, Member member, Object value) {
    switch (value == null ? Kind.OTHER : member.kind) {
      case INT -> out.number((Integer) value);
      case LONG -> out.number((Long) value);
      case DOUBLE -> out.number((double) (Double) value);
      case BOOLEAN -> out.bool((Boolean) value);
      case STRING -> out.string((String) value);
      case OTHER -> member.writer.write(out, value);
    }
  }
}

package dev.millrace.formats.json;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.kafka.connect.data.ConnectSchema;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;

/** Makes the writers of schemas. Immutable. */
@SuppressWarnings("JavaUtilDate") // the Connect API's class of dates and times
final class ValueWriters {

  private static final long DAY_MS = 86_400_000;

  private final Settings settings;

  ValueWriters(Settings settings) {
    this.settings = settings;
  }

  /**
   * The writer of a schema.
   *
   * @throws Unusual when the schema can change
   */
  ValueWriter of(Schema schema) {
    if (!(schema instanceof ConnectSchema)) throw new Unusual();
    ValueWriter present = present(schema);
    Object standIn = settings.defaultsForNull() ? schema.defaultValue() : null;
    boolean optional = schema.isOptional();
    return (out, value) -> {
      if (value != null) present.write(out, value);
      else if (standIn != null) present.write(out, standIn);
      else if (optional) out.nothing();
      else throw new Unusual();
    };
  }

  /** For values that are not null. The name decides before the type, as in the original. */
  private ValueWriter present(Schema schema) {
    return switch (String.valueOf(schema.name())) {
      case Decimal.LOGICAL_NAME -> decimal(schema);
      case Date.LOGICAL_NAME -> (out, value) -> out.number(days((java.util.Date) value));
      case Time.LOGICAL_NAME -> (out, value) -> out.number(timeOfDay((java.util.Date) value));
      case Timestamp.LOGICAL_NAME -> (out, value) -> out.number(((java.util.Date) value).getTime());
      default -> byType(schema);
    };
  }

  private ValueWriter byType(Schema schema) {
    return switch (schema.type()) {
      case INT8 -> (out, value) -> out.number((Byte) value);
      case INT16 -> (out, value) -> out.number((Short) value);
      case INT32 -> (out, value) -> out.number((Integer) value);
      case INT64 -> (out, value) -> out.number((Long) value);
      case FLOAT32 -> (out, value) -> out.number((Float) value);
      case FLOAT64 -> (out, value) -> out.number((Double) value);
      case BOOLEAN -> (out, value) -> out.bool((Boolean) value);
      case STRING -> (out, value) -> out.string(((CharSequence) value).toString());
      case BYTES -> ValueWriters::bytes;
      case ARRAY -> array(of(schema.valueSchema()));
      case MAP -> map(schema);
      case STRUCT -> new StructWriter(schema, this);
    };
  }

  private ValueWriter decimal(Schema schema) {
    return settings.numericDecimals()
        ? (out, value) -> out.number((BigDecimal) value)
        : (out, value) -> out.base64(Decimal.fromLogical(schema, (BigDecimal) value));
  }

  private static long days(java.util.Date date) {
    if (date.getTime() % DAY_MS != 0) throw new Unusual();
    return (int) (date.getTime() / DAY_MS);
  }

  private static long timeOfDay(java.util.Date date) {
    long ms = date.getTime();
    if (ms < 0 || ms >= DAY_MS) throw new Unusual();
    return ms;
  }

  /** Of a buffer all bytes, as the original does, whatever its position. */
  @SuppressWarnings("ByteBufferBackingArray")
  private static void bytes(Output out, Object value) {
    out.base64(value instanceof ByteBuffer buffer ? buffer.array() : (byte[]) value);
  }

  private static ValueWriter array(ValueWriter elements) {
    return (out, value) -> {
      char before = '[';
      for (Object element : (Collection<?>) value) {
        out.raw(before);
        elements.write(out, element);
        before = ',';
      }
      end(out, before, '[', ']');
    };
  }

  private static void end(Output out, char before, char open, char close) {
    if (before == open) out.raw(open);
    out.raw(close);
  }

  private ValueWriter map(Schema schema) {
    ValueWriter keys = of(schema.keySchema());
    ValueWriter values = of(schema.valueSchema());
    if (schema.keySchema().type() != Schema.Type.STRING) {
      return (out, value) -> pairs(out, (Map<?, ?>) value, keys, values);
    }
    if (schema.keySchema().name() != null) throw new Unusual(); // might be a logical one
    return (out, value) -> members(out, (Map<?, ?>) value, values);
  }

  private static void members(Output out, Map<?, ?> map, ValueWriter values) {
    char before = '{';
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (!(entry.getKey() instanceof String key)) throw new Unusual();
      out.raw(before);
      out.name(key);
      values.write(out, entry.getValue());
      before = ',';
    }
    end(out, before, '{', '}');
  }

  private static void pairs(Output out, Map<?, ?> map, ValueWriter keys, ValueWriter values) {
    char before = '[';
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      out.raw(before);
      out.raw('[');
      keys.write(out, entry.getKey());
      out.raw(',');
      values.write(out, entry.getValue());
      out.raw(']');
      before = ',';
    }
    end(out, before, '[', ']');
  }

  /** A value without a schema. */
  static void any(Output out, Object value) {
    switch (value) {
      case null -> out.nothing();
      case String text -> out.string(text);
      case Long number -> out.number(number);
      case Integer number -> out.number(number);
      case Short number -> out.number(number);
      case Byte number -> out.number(number);
      case Double number -> out.number(number);
      case Float number -> out.number(number);
      case Boolean truth -> out.bool(truth);
      case byte[] bytes -> out.base64(bytes);
      case List<?> list -> {
        out.deeper();
        array(ValueWriters::any).write(out, list);
        out.shallower();
      }
      case Map<?, ?> map -> {
        out.deeper();
        anyMap(out, map);
        out.shallower();
      }
      default -> throw new Unusual();
    }
  }

  /**
   * With members, as it nearly always is, unless a key turns out to be no string. A map goes
   * through itself faster than through a view of it that has to be made.
   */
  private static void anyMap(Output out, Map<?, ?> map) {
    int begin = out.size();
    out.raw('{');
    var members = new Members(out);
    map.forEach(members);
    if (members.named) {
      out.raw('}');
    } else {
      out.back(begin);
      pairs(out, map, ValueWriters::any, ValueWriters::any);
    }
  }

  /** Writes them one after the other, as long as their keys are strings. */
  private static final class Members implements BiConsumer<Object, Object> {
    private final Output out;
    private boolean first = true;
    private boolean named = true;

    Members(Output out) {
      this.out = out;
    }

    @Override
    public void accept(Object key, Object value) {
      named = named && key instanceof String;
      if (!named) return;
      if (!first) out.raw(',');
      first = false;
      out.name((String) key);
      any(out, value);
    }
  }
}

package dev.millrace.formats.json;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.ConnectSchema;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;

/** Makes the readers of schemas. Immutable. */
final class ValueReaders {

  private static final int DEEPEST = 200;
  private static final byte[] NULL = Ascii.of("null");
  private static final byte[] TRUE = Ascii.of("true");
  private static final byte[] FALSE = Ascii.of("false");

  private final Settings settings;

  ValueReaders(Settings settings) {
    this.settings = settings;
  }

  /**
   * The reader of a schema.
   *
   * @throws Unusual when the schema can change
   */
  ValueReader of(Schema schema) {
    if (!(schema instanceof ConnectSchema)) throw new Unusual();
    ValueReader present = present(schema);
    Absent absent = absent(schema);
    return in -> {
      if (in.peek() != 'n') return present.read(in);
      in.word(NULL);
      return absent.value();
    };
  }

  /** What stands for a null, or for a member that is not there. */
  private record Absent(Object standIn, boolean allowed) {
    Object value() {
      if (!allowed) throw new Unusual();
      return standIn;
    }
  }

  private Absent absent(Schema schema) {
    Object standIn = settings.defaultsForNull() ? schema.defaultValue() : null;
    return new Absent(standIn, standIn != null || schema.isOptional());
  }

  /** For values that are not null. The name decides before the type, as in the original. */
  private ValueReader present(Schema schema) {
    return switch (String.valueOf(schema.name())) {
      case Decimal.LOGICAL_NAME -> in -> decimal(schema, in);
      case Date.LOGICAL_NAME -> in -> Date.toLogical(schema, (int) in.integer());
      case Time.LOGICAL_NAME -> in -> Time.toLogical(schema, (int) in.integer());
      case Timestamp.LOGICAL_NAME -> in -> Timestamp.toLogical(schema, in.integer());
      default -> byType(schema);
    };
  }

  private ValueReader byType(Schema schema) {
    return switch (schema.type()) {
      case INT8 -> in -> (byte) in.integer();
      case INT16 -> in -> (short) in.integer();
      case INT32 -> in -> (int) in.integer();
      case INT64 -> Input::integer;
      case FLOAT32 ->
          in -> {
            in.number();
            return in.single();
          };
      case FLOAT64 ->
          in -> {
            in.number();
            return in.fractional();
          };
      case BOOLEAN -> ValueReaders::truth;
      case STRING -> Input::string;
      case BYTES -> Input::base64;
      case ARRAY -> array(of(schema.valueSchema()));
      case MAP -> map(schema);
      case STRUCT -> new StructReader(schema, this);
    };
  }

  private static Object decimal(Schema schema, Input in) {
    if (in.peek() == '"') return Decimal.toLogical(schema, in.base64());
    in.number();
    return in.decimal();
  }

  private static Object truth(Input in) {
    boolean truth = in.peek() == 't';
    in.word(truth ? TRUE : FALSE);
    return truth;
  }

  private static ValueReader array(ValueReader elements) {
    return in -> {
      List<Object> result = new ArrayList<>();
      in.pass('[');
      if (in.passed(']')) return result;
      do {
        result.add(elements.read(in));
      } while (more(in, ']'));
      return result;
    };
  }

  /** Passes the comma, or the closing sign. */
  private static boolean more(Input in, char close) {
    if (in.passed(',')) return true;
    in.pass(close);
    return false;
  }

  private ValueReader map(Schema schema) {
    ValueReader keys = of(schema.keySchema());
    ValueReader values = of(schema.valueSchema());
    return schema.keySchema().type() == Schema.Type.STRING
        ? in -> members(in, values)
        : in -> pairs(in, keys, values);
  }

  private static Map<Object, Object> members(Input in, ValueReader values) {
    Map<Object, Object> result = new HashMap<>();
    in.pass('{');
    if (in.passed('}')) return result;
    do {
      String name = in.name();
      result.put(name, values.read(in));
    } while (more(in, '}'));
    return result;
  }

  private static Map<Object, Object> pairs(Input in, ValueReader keys, ValueReader values) {
    Map<Object, Object> result = new HashMap<>();
    in.pass('[');
    if (in.passed(']')) return result;
    do {
      in.pass('[');
      Object key = keys.read(in);
      in.pass(',');
      result.put(key, values.read(in));
      in.pass(']');
    } while (more(in, ']'));
    return result;
  }

  /** A value without a schema. */
  static Object any(Input in) {
    return any(in, 0);
  }

  private static Object any(Input in, int depth) {
    if (depth > DEEPEST) throw new Unusual();
    return switch (in.peek()) {
      case '"' -> in.string();
      case '{' -> members(in, inner -> any(inner, depth + 1));
      case '[' -> array(inner -> any(inner, depth + 1)).read(in);
      case 't', 'f' -> truth(in);
      case 'n' -> {
        in.word(NULL);
        yield null;
      }
      default -> number(in);
    };
  }

  private static Object number(Input in) {
    in.number();
    if (in.isWhole()) return in.whole();
    return in.fractional();
  }

  /** Reads structs; fields in the schema's order are found without looking for them. */
  private static final class StructReader implements ValueReader {

    private final Schema schema;
    private final Field[] fields;

    /** The names, quoted and with their colons; the second time with what is before them too. */
    private final byte[][] names;

    private final byte[][] beginnings;
    private final ValueReader[] readers;
    private final Absent[] absent;
    private final Map<String, Integer> places = new HashMap<>();

    StructReader(Schema schema, ValueReaders all) {
      this.schema = schema;
      this.fields = schema.fields().toArray(new Field[0]);
      this.names = new byte[fields.length][];
      this.beginnings = new byte[fields.length][];
      this.readers = new ValueReader[fields.length];
      this.absent = new Absent[fields.length];
      for (int i = 0; i < fields.length; i++) {
        names[i] = text("", fields[i].name());
        beginnings[i] = text(i == 0 ? "{" : ",", fields[i].name());
        readers[i] = all.of(fields[i].schema());
        absent[i] = all.absent(fields[i].schema());
        places.put(fields[i].name(), i);
      }
    }

    private static byte[] text(String before, String name) {
      if (Input.surrogates(name)) throw new Unusual();
      var out = new Output();
      out.raw(Ascii.of(before));
      out.string(name);
      out.raw(':');
      return out.toBytes();
    }

    @Override
    public Object read(Input in) {
      Struct result = new Struct(schema);
      int next = 0;
      while (next < fields.length && in.passed(beginnings[next])) {
        result.put(fields[next], readers[next].read(in));
        next++;
      }
      if (next == 0) in.pass('{');
      if (next < fields.length || !in.passed('}')) rest(in, next, result);
      return result;
    }

    /** Reads what is in another order or with blanks. */
    private void rest(Input in, int first, Struct result) {
      var seen = new boolean[fields.length];
      Arrays.fill(seen, 0, first, true);
      int next = first;
      boolean more = first == 0 ? !in.passed('}') : more(in, '}');
      while (more) {
        next = member(in, next, result, seen) + 1;
        more = more(in, '}');
      }
      for (int i = 0; i < fields.length; i++) {
        if (!seen[i]) result.put(fields[i], absent[i].value());
      }
    }

    /** Reads a member and returns its place. */
    private int member(Input in, int expected, Struct result, boolean[] seen) {
      int place = place(in, expected);
      if (place < 0) {
        any(in); // not of the schema: passed over
        return expected - 1;
      }
      result.put(fields[place], readers[place].read(in));
      seen[place] = true;
      return place;
    }

    private int place(Input in, int expected) {
      in.peek();
      if (expected < fields.length && in.passed(names[expected])) return expected;
      return places.getOrDefault(in.name(), -1);
    }
  }
}

package dev.millrace.formats.json;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.ConnectSchema;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;

/**
 * Makes the readers of schemas. What a reader gives is valid for its schema ({@link Structs} relies
 * on it). Immutable.
 */
final class ValueReaders {

  private static final int DEEPEST = 200;

  private final Settings settings;

  ValueReaders(Settings settings) {
    this.settings = settings;
  }

  /** What is read; one class for all, so that reading a struct's fields is one loop of a switch. */
  private enum Kind {
    INT8,
    INT16,
    INT32,
    INT64,
    FLOAT32,
    FLOAT64,
    BOOLEAN,
    STRING,
    BYTES,
    ARRAY,
    MEMBERS,
    PAIRS,
    STRUCT,
    DECIMAL,
    DATE,
    TIME,
    TIMESTAMP
  }

  /**
   * The reader of a schema.
   *
   * @throws Unusual when the schema can change, or is one that no value is valid for
   */
  Typed of(Schema schema) {
    if (!(schema instanceof ConnectSchema)) throw new Unusual();
    Kind kind = kind(schema);
    boolean named = kind == Kind.MEMBERS; // by strings, which no logical name makes anything else
    if (named && kind(schema.keySchema()) != Kind.STRING) throw new Unusual();
    boolean paired = kind == Kind.PAIRS;
    return new Typed(
        kind,
        schema,
        absent(schema),
        paired ? of(schema.keySchema()) : null,
        paired || named || kind == Kind.ARRAY ? of(schema.valueSchema()) : null,
        kind == Kind.STRUCT ? new StructReader(schema, this) : null);
  }

  /** What stands for a null, or for a member that is not there. */
  private record Absent(Object standIn, boolean allowed) {}

  private Absent absent(Schema schema) {
    Object standIn = settings.defaultsForNull() ? schema.defaultValue() : null;
    return new Absent(standIn, standIn != null || schema.isOptional());
  }

  /** The name decides before the type, as in the original. */
  private static Kind kind(Schema schema) {
    return switch (String.valueOf(schema.name())) {
      case Decimal.LOGICAL_NAME -> simple(schema, Kind.DECIMAL);
      case Date.LOGICAL_NAME -> simple(schema, Kind.DATE);
      case Time.LOGICAL_NAME -> simple(schema, Kind.TIME);
      case Timestamp.LOGICAL_NAME -> simple(schema, Kind.TIMESTAMP);
      default -> byType(schema);
    };
  }

  /** Logical values are of no type that holds others. */
  private static Kind simple(Schema schema, Kind kind) {
    return switch (schema.type()) {
      case ARRAY, MAP, STRUCT -> throw new Unusual();
      case INT8, INT16, INT32, INT64, FLOAT32, FLOAT64, BOOLEAN, STRING, BYTES -> kind;
    };
  }

  private static Kind byType(Schema schema) {
    return switch (schema.type()) {
      case INT8 -> Kind.INT8;
      case INT16 -> Kind.INT16;
      case INT32 -> Kind.INT32;
      case INT64 -> Kind.INT64;
      case FLOAT32 -> Kind.FLOAT32;
      case FLOAT64 -> Kind.FLOAT64;
      case BOOLEAN -> Kind.BOOLEAN;
      case STRING -> Kind.STRING;
      case BYTES -> Kind.BYTES;
      case ARRAY -> Kind.ARRAY;
      case MAP -> schema.keySchema().type() == Schema.Type.STRING ? Kind.MEMBERS : Kind.PAIRS;
      case STRUCT -> Kind.STRUCT;
    };
  }

  /** Reads the values of one schema, which may be null. Immutable. */
  static final class Typed implements ValueReader {

    private final Kind kind;
    private final Schema schema;
    private final Object standIn;
    private final boolean mayBeAbsent;

    /** Of what is inside; null where there is nothing of that. */
    private final Typed keys;

    private final Typed values;
    private final StructReader struct;

    private Typed(
        Kind kind, Schema schema, Absent absent, Typed keys, Typed values, StructReader struct) {
      this.kind = kind;
      this.schema = schema;
      this.standIn = absent.standIn();
      this.mayBeAbsent = absent.allowed();
      this.keys = keys;
      this.values = values;
      this.struct = struct;
    }

    /** For a null, or for a member that is not there. */
    Object absent() {
      if (!mayBeAbsent) throw new Unusual();
      return standIn;
    }

    @Override
    public Object read(Input in) {
      if (in.peek() == 'n') {
        in.nothing();
        return absent();
      }
      return switch (kind) {
        case INT8 -> (byte) in.integer();
        case INT16 -> (short) in.integer();
        case INT32 -> (int) in.integer();
        case INT64 -> in.integer();
        case FLOAT32 -> in.single();
        case FLOAT64 -> in.fractional();
        case BOOLEAN -> in.truth();
        case STRING -> in.string();
        case BYTES -> in.base64();
        case STRUCT -> struct.read(in);
        case ARRAY -> array(in);
        case MEMBERS -> members(in);
        case PAIRS -> pairs(in);
        case DECIMAL -> in.peek() == '"' ? Decimal.toLogical(schema, in.base64()) : in.decimal();
        case DATE -> Date.toLogical(schema, in.smallInteger());
        case TIME -> Time.toLogical(schema, in.smallInteger());
        case TIMESTAMP -> Timestamp.toLogical(schema, in.integer());
      };
    }

    private List<Object> array(Input in) {
      List<Object> result = new ArrayList<>();
      in.pass('[');
      if (in.passed(']')) return result;
      do {
        result.add(values.read(in));
      } while (in.more(']'));
      return result;
    }

    private Map<Object, Object> members(Input in) {
      Map<Object, Object> result = new HashMap<>();
      in.pass('{');
      if (in.passed('}')) return result;
      for (String name = in.name(); name != null; name = in.nextName()) {
        result.put(name, values.read(in));
      }
      return result;
    }

    private Map<Object, Object> pairs(Input in) {
      Map<Object, Object> result = new HashMap<>();
      in.pass('[');
      if (in.passed(']')) return result;
      do {
        in.pass('[');
        Object key = keys.read(in);
        in.pass(',');
        result.put(key, values.read(in));
        in.pass(']');
      } while (in.more(']'));
      return result;
    }
  }

  /** A value without a schema. */
  static Object any(Input in) {
    return any(in, 0);
  }

  private static Object any(Input in, int depth) {
    if (depth > DEEPEST) throw new Unusual();
    return switch (in.peek()) {
      case '"' -> in.string();
      case '{' -> object(in, depth + 1);
      case '[' -> list(in, depth + 1);
      case 't', 'f' -> in.truth();
      case 'n' -> {
        in.nothing();
        yield null;
      }
      default -> in.number();
    };
  }

  private static Map<Object, Object> object(Input in, int depth) {
    Map<Object, Object> result = new HashMap<>();
    in.pass('{');
    if (in.passed('}')) return result;
    for (String name = in.name(); name != null; name = in.nextName()) {
      result.put(name, any(in, depth));
    }
    return result;
  }

  private static List<Object> list(Input in, int depth) {
    List<Object> result = new ArrayList<>();
    in.pass('[');
    if (in.passed(']')) return result;
    do {
      result.add(any(in, depth));
    } while (in.more(']'));
    return result;
  }
}

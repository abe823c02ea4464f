package dev.millrace.connectors.processor.row;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Objects;

/**
 * The type of a column: its kind, and the schema (in the JSON form that Kafka Connect's
 * JsonConverter uses) under which it is written. Always optional. Immutable: the schema node is
 * never changed after construction.
 */
public final class Type {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final String DECIMAL_NAME = "org.apache.kafka.connect.data.Decimal";
  private static final String DATE_NAME = "org.apache.kafka.connect.data.Date";
  private static final String TIME_NAME = "org.apache.kafka.connect.data.Time";
  private static final String TIMESTAMP_NAME = "org.apache.kafka.connect.data.Timestamp";

  /** No type is known: written as an optional string. */
  public static final Type UNKNOWN = primitive(Kind.UNKNOWN, "string");

  /** boolean. */
  public static final Type BOOLEAN = primitive(Kind.BOOLEAN, "boolean");

  /** int8. */
  public static final Type INT8 = primitive(Kind.INTEGER, "int8");

  /** int16. */
  public static final Type INT16 = primitive(Kind.INTEGER, "int16");

  /** int32. */
  public static final Type INT32 = primitive(Kind.INTEGER, "int32");

  /** int64. */
  public static final Type INT64 = primitive(Kind.INTEGER, "int64");

  /** float32. */
  public static final Type FLOAT32 = primitive(Kind.FLOAT, "float");

  /** float64. */
  public static final Type FLOAT64 = primitive(Kind.FLOAT, "double");

  /** string. */
  public static final Type STRING = primitive(Kind.STRING, "string");

  /** bytes. */
  public static final Type BYTES = primitive(Kind.BYTES, "bytes");

  /** An object or array from a record without schema: written as JSON text where one is needed. */
  public static final Type JSON = primitive(Kind.COMPLEX, "string");

  /** Connect's logical Date. */
  public static final Type DATE = logical(Kind.DATE, "int32", DATE_NAME);

  /** Connect's logical Time. */
  public static final Type TIME = logical(Kind.TIME, "int32", TIME_NAME);

  /** Connect's logical Timestamp. */
  public static final Type TIMESTAMP = logical(Kind.TIMESTAMP, "int64", TIMESTAMP_NAME);

  private final Kind kind;
  private final int scale;
  private final ObjectNode schema;
  private final int hash;

  private Type(Kind kind, int scale, ObjectNode schema) {
    this.kind = kind;
    this.scale = scale;
    this.schema = schema;
    this.hash = Objects.hash(kind, scale, schema);
  }

  /** Connect's logical Decimal of a scale. */
  public static Type decimal(int scale) {
    ObjectNode node = base("bytes");
    node.put("name", DECIMAL_NAME).put("version", 1);
    node.putObject("parameters").put("scale", Integer.toString(scale));
    return new Type(Kind.DECIMAL, scale, node);
  }

  /**
   * The type that a field's schema tells.
   *
   * @throws IllegalArgumentException when the schema has no type, or one that is not known
   */
  public static Type of(JsonNode field) {
    String type = field.path("type").asText("");
    String name = field.path("name").asText("");
    return switch (type) {
      case "boolean" -> named(BOOLEAN, field, name);
      case "int8" -> named(INT8, field, name);
      case "int16" -> named(INT16, field, name);
      case "int32" ->
          name.equals(DATE_NAME) ? DATE : name.equals(TIME_NAME) ? TIME : named(INT32, field, name);
      case "int64" -> name.equals(TIMESTAMP_NAME) ? TIMESTAMP : named(INT64, field, name);
      case "float", "float32" -> named(FLOAT32, field, name);
      case "double", "float64" -> named(FLOAT64, field, name);
      case "string" -> named(STRING, field, name);
      case "bytes" ->
          name.equals(DECIMAL_NAME) ? decimal(scaleOf(field)) : named(BYTES, field, name);
      case "struct", "array", "map" -> new Type(Kind.COMPLEX, 0, withoutField(field));
      default ->
          throw new IllegalArgumentException(
              "the schema has a field of unknown type '" + type + "'");
    };
  }

  /** What it is for SQL. */
  public Kind kind() {
    return kind;
  }

  /** Digits after the point; 0 unless it is a decimal. */
  public int scale() {
    return scale;
  }

  /** The schema as JSON. Not to be changed by the caller. */
  public ObjectNode schema() {
    return schema;
  }

  /** Whether values of it are objects or arrays that came without a schema. */
  public boolean isSchemalessJson() {
    return kind == Kind.COMPLEX && schema.path("type").asText().equals("string");
  }

  /** Bits of an integer type; 64 for all others. */
  public int bits() {
    return switch (schema.path("type").asText()) {
      case "int8" -> 8;
      case "int16" -> 16;
      case "int32" -> 32;
      default -> 64;
    };
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || (other instanceof Type that
            && hash == that.hash
            && kind == that.kind
            && scale == that.scale
            && schema.equals(that.schema));
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return kind == Kind.DECIMAL ? "decimal(" + scale + ")" : schema.path("type").asText();
  }

  private static int scaleOf(JsonNode field) {
    JsonNode scale = field.path("parameters").path("scale");
    try {
      return Integer.parseInt(scale.asText());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "the schema has a decimal field without a scale parameter", e);
    }
  }

  private static Type named(Type plain, JsonNode field, String name) {
    return name.isEmpty() ? plain : new Type(plain.kind, 0, withoutField(field));
  }

  private static ObjectNode withoutField(JsonNode field) {
    ObjectNode copy = ((ObjectNode) field).deepCopy();
    copy.remove("field");
    copy.remove("default");
    copy.remove("doc");
    copy.put("optional", true);
    return copy;
  }

  private static Type primitive(Kind kind, String type) {
    return new Type(kind, 0, base(type));
  }

  private static Type logical(Kind kind, String type, String name) {
    ObjectNode node = base(type);
    node.put("name", name).put("version", 1);
    return new Type(kind, 0, node);
  }

  private static ObjectNode base(String type) {
    return NODES.objectNode().put("type", type).put("optional", true);
  }
}

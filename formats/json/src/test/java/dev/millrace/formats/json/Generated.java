package dev.millrace.formats.json;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.connect.data.ConnectSchema;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;
import org.apache.kafka.connect.errors.DataException;

/** Schemas and values by chance, all kinds and all odd ones, from a seed. */
@SuppressWarnings("JavaUtilDate") // the Connect API's class
final class Generated {

  private static final long DAY = 86_400_000L;
  private static final List<String> TEXTS =
      List.of(
          "",
          "plain",
          "with \"quotes\" and \\ and /",
          "tab\t line\n return\r feed\f back\b zero\0 unit\u001f delete\u007f",
          "Grüße aus Zürich",
          "日本語テキスト",
          "emoji 😀 and 𝄞",
          "lone \ud800",
          "\udc00 lone",
          "\ufffd replaced",
          "\ud83d\ud83d\ude00",
          "\u0080\u07ff\u0800\uffff",
          "schema",
          "payload",
          "null");

  private final Random random;

  Generated(long seed) {
    this.random = new Random(seed);
  }

  private <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  private boolean in(int chances) {
    return random.nextInt(chances) == 0;
  }

  String text() {
    if (in(2)) return one(TEXTS);
    int length = in(10) ? 3000 : random.nextInt(40);
    var result = new StringBuilder();
    for (int i = 0; i < length; i++) {
      result.append(in(20) ? (char) random.nextInt(0x10000) : (char) (' ' + random.nextInt(95)));
    }
    return result.toString();
  }

  Schema schema(int depth) {
    SchemaBuilder builder = builder(depth);
    if (in(3)) builder.optional();
    if (builder.version() == null && in(8)) builder.version(random.nextInt(5));
    if (builder.doc() == null && in(8)) builder.doc(text());
    if (in(8)) builder.parameter("p" + random.nextInt(3), text());
    if (builder.name() == null && in(8)) builder.name("name" + random.nextInt(3));
    if (in(6)) {
      Schema schema = builder.build();
      Object value = value(schema);
      if (value != null && valid(schema, value) && !(value instanceof Struct)) {
        builder.defaultValue(value);
      }
    }
    return builder.build();
  }

  private SchemaBuilder builder(int depth) {
    return switch (random.nextInt(depth > 0 ? 20 : 14)) {
      case 0 -> SchemaBuilder.int8();
      case 1 -> SchemaBuilder.int16();
      case 2 -> SchemaBuilder.int32();
      case 3 -> SchemaBuilder.int64();
      case 4 -> SchemaBuilder.float32();
      case 5 -> SchemaBuilder.float64();
      case 6 -> SchemaBuilder.bool();
      case 7, 8 -> SchemaBuilder.string();
      case 9 -> SchemaBuilder.bytes();
      case 10 -> Decimal.builder(random.nextInt(12) - 3);
      case 11 -> Date.builder();
      case 12 -> Time.builder();
      case 13 -> Timestamp.builder();
      case 14 -> SchemaBuilder.array(schema(depth - 1));
      case 15 -> SchemaBuilder.map(Schema.STRING_SCHEMA, schema(depth - 1));
      case 16 -> SchemaBuilder.map(key(), schema(depth - 1));
      default -> struct(depth);
    };
  }

  /** Arrays are no keys: they are not equal to themselves. */
  private Schema key() {
    Schema result = schema(0);
    while (result.type() == Schema.Type.BYTES) result = schema(0);
    return result;
  }

  private SchemaBuilder struct(int depth) {
    SchemaBuilder result = SchemaBuilder.struct();
    int fields = random.nextInt(6);
    for (int i = 0; i < fields; i++) {
      String name = (in(3) ? text() : "f") + i;
      result.field(name, schema(depth - 1));
    }
    return result;
  }

  /** A value of the schema, now and then one that is null or of another kind. */
  Object value(Schema schema) {
    if (in(schema.isOptional() || schema.defaultValue() != null ? 3 : 60)) return null;
    return switch (String.valueOf(schema.name())) {
      case Decimal.LOGICAL_NAME ->
          decimal(Integer.parseInt(schema.parameters().get(Decimal.SCALE_FIELD)));
      case Date.LOGICAL_NAME -> new java.util.Date((random.nextInt(100_000) - 50_000) * DAY);
      case Time.LOGICAL_NAME -> new java.util.Date(random.nextInt((int) DAY));
      case Timestamp.LOGICAL_NAME ->
          new java.util.Date(in(3) ? random.nextLong() : random.nextInt());
      default -> byType(schema);
    };
  }

  private Object byType(Schema schema) {
    return switch (schema.type()) {
      case INT8 -> (byte) random.nextInt();
      case INT16 -> (short) random.nextInt();
      case INT32 -> in(3) ? random.nextInt() : random.nextInt(100);
      case INT64 -> number();
      case FLOAT32 -> single();
      case FLOAT64 -> fractional();
      case BOOLEAN -> random.nextBoolean();
      case STRING -> text();
      case BYTES -> in(3) ? ByteBuffer.wrap(bytes()) : bytes();
      case ARRAY -> list(schema.valueSchema());
      case MAP -> map(schema);
      case STRUCT -> struct(schema);
    };
  }

  private BigDecimal decimal(int scale) {
    return new BigDecimal(new BigInteger(in(5) ? 400 : 60, random), scale)
        .multiply(BigDecimal.valueOf(random.nextBoolean() ? 1 : -1));
  }

  private long number() {
    return switch (random.nextInt(5)) {
      case 0 -> one(List.of(Long.MIN_VALUE, Long.MAX_VALUE, 0L, -1L, 1L << 53, -(1L << 53) - 1));
      case 1 -> random.nextLong();
      case 2 -> one(List.of(1L, 10L, 100L, 999_999_999_999_999_999L, 1_000_000_000_000_000_000L));
      default -> random.nextInt(1000) - 500;
    };
  }

  private float single() {
    return switch (random.nextInt(4)) {
      case 0 -> one(List.of(0f, -0f, Float.NaN, Float.MIN_VALUE, Float.MAX_VALUE, 1f / 0, -1f / 0));
      case 1 -> Float.intBitsToFloat(random.nextInt());
      default -> random.nextInt(10_000) / 100f;
    };
  }

  private double fractional() {
    return switch (random.nextInt(4)) {
      case 0 ->
          one(List.of(0.0, -0.0, Double.NaN, Double.MIN_VALUE, Double.MAX_VALUE, 1.0 / 0, -1. / 0));
      case 1 -> Double.longBitsToDouble(random.nextLong());
      case 2 -> random.nextDouble();
      default -> random.nextInt(100_000) / 100.0;
    };
  }

  private byte[] bytes() {
    var result = new byte[random.nextInt(20)];
    random.nextBytes(result);
    return result;
  }

  private List<Object> list(Schema elements) {
    var result = new ArrayList<Object>();
    int size = random.nextInt(4);
    for (int i = 0; i < size; i++) result.add(value(elements));
    return result;
  }

  private Map<Object, Object> map(Schema schema) {
    var result = new LinkedHashMap<Object, Object>();
    int size = random.nextInt(4);
    for (int i = 0; i < size; i++) {
      result.put(value(schema.keySchema()), value(schema.valueSchema()));
    }
    return result;
  }

  private Struct struct(Schema schema) {
    var result = new Struct(schema);
    for (Field field : schema.fields()) {
      Object value = value(field.schema());
      if (value != null && valid(field.schema(), value)) result.put(field, value);
    }
    return result;
  }

  /** Inner values may be wrong on purpose; a struct and a default do not accept that. */
  private static boolean valid(Schema schema, Object value) {
    try {
      ConnectSchema.validateValue(schema, value);
      return true;
    } catch (DataException e) {
      return false;
    }
  }

  /** A value without a schema, some of classes that have none. */
  Object any(int depth) {
    return switch (random.nextInt(depth > 0 ? 14 : 11)) {
      case 0 -> null;
      case 1 -> text();
      case 2 -> number();
      case 3 -> random.nextInt();
      case 4 -> (short) random.nextInt();
      case 5 -> (byte) random.nextInt();
      case 6 -> fractional();
      case 7 -> single();
      case 8 -> random.nextBoolean();
      case 9 -> in(2) ? bytes() : ByteBuffer.wrap(bytes());
      case 10 -> in(5) ? one(List.of(BigDecimal.ONE, new java.util.Date(0), 'c')) : text();
      case 11 -> {
        var list = new ArrayList<Object>();
        for (int i = random.nextInt(4); i > 0; i--) list.add(any(depth - 1));
        yield list;
      }
      default -> {
        var map = new LinkedHashMap<Object, Object>();
        for (int i = random.nextInt(4); i > 0; i--) {
          map.put(in(10) ? any(0) : text(), any(depth - 1));
        }
        yield map;
      }
    };
  }

  /** The text with something wrong or unusual in it. */
  byte[] disturbed(byte[] text) {
    byte[] result = text.clone();
    int place = text.length == 0 ? 0 : random.nextInt(text.length);
    return switch (random.nextInt(7)) {
      case 0 -> Arrays.copyOf(text, place);
      case 1 -> Arrays.copyOf(text, text.length + 1 + random.nextInt(3)); // zeros at the end
      case 2 -> {
        if (text.length > 0) result[place] = (byte) random.nextInt(256);
        yield result;
      }
      case 3 -> insert(text, place, one(List.of(" ", "\n\t", "\r", "0", "-", "1", ".5", "e3")));
      case 4 ->
          insert(text, place, one(List.of("null", "{}", "[]", "\"", "\\u00e9", "\\", ",", ":")));
      case 5 -> swap(result);
      default -> insert(text, text.length, one(List.of(" ", " x", "{}", "\0", "//")));
    };
  }

  private static byte[] insert(byte[] text, int place, String what) {
    byte[] more = what.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    byte[] result = Arrays.copyOf(text, text.length + more.length);
    System.arraycopy(more, 0, result, place, more.length);
    System.arraycopy(text, place, result, place + more.length, text.length - place);
    return result;
  }

  /** Another digit, letter or sign of structure where one is. */
  private byte[] swap(byte[] text) {
    for (int tries = 0; text.length > 0 && tries < 20; tries++) {
      int place = random.nextInt(text.length);
      byte each = text[place];
      if (each >= '0' && each <= '9') text[place] = (byte) ('0' + random.nextInt(10));
      else if ("{}[],:\"".indexOf(each) >= 0)
        text[place] = (byte) "{}[],:\"".charAt(random.nextInt(7));
      else continue;
      return text;
    }
    return text;
  }
}

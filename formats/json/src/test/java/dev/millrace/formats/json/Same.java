package dev.millrace.formats.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.storage.Converter;

/** A converter of ours beside Kafka Connect's own, which has to do the same. */
final class Same implements AutoCloseable {

  private static final JsonConverter DESCRIBER = describer();

  private final JsonConverter reference = new JsonConverter();
  private final Converter ours;
  final JsonWriter writer;
  final JsonReader reader;

  Same(Map<String, ?> settings) {
    reference.configure(settings, false);
    var original = new JsonConverter();
    original.configure(settings, false);
    ours = AcceleratedJson.converter(original, settings, false);
    Map<String, Object> typed = new HashMap<>(settings);
    typed.put("converter.type", "value");
    writer = new JsonWriter(() -> original, Settings.of(typed));
    reader = new JsonReader(() -> original, Settings.of(typed));
  }

  /** What came of a call: a result, or the class and message of an exception. */
  private record Came(Object result, String exception) {}

  private interface Call {
    Object run();
  }

  private static Came of(Call call) {
    try {
      return new Came(plain(call.run()), "");
    } catch (RuntimeException e) {
      return new Came(null, e.getClass().getName() + ": " + e.getMessage() + cause(e));
    }
  }

  private static String cause(Throwable e) {
    return e.getCause() == null ? "" : " because of " + e.getCause() + cause(e.getCause());
  }

  /** Schemas whose defaults hold arrays are not equal to themselves. */
  private static String described(Schema schema) {
    return String.valueOf(DESCRIBER.asJsonSchema(schema));
  }

  private static JsonConverter describer() {
    var result = new JsonConverter();
    result.configure(Map.of("schemas.cache.size", "1"), false);
    return result;
  }

  /** Arrays as lists, so that they can be compared; classes are kept. */
  private static Object plain(Object value) {
    return switch (value) {
      case null -> List.of("null");
      case byte[] bytes -> {
        var list = new ArrayList<Object>(List.of("bytes"));
        for (byte b : bytes) list.add(b);
        yield list;
      }
      case SchemaAndValue both -> {
        var all = new ArrayList<Object>();
        all.add(described(both.schema()));
        all.add(plain(both.value()));
        yield all;
      }
      case Struct struct -> {
        struct.validate(); // ours are made without it
        var all = new ArrayList<Object>();
        all.add(described(struct.schema()));
        struct.schema().fields().forEach(f -> all.add(plain(struct.getWithoutDefault(f.name()))));
        yield all;
      }
      case List<?> list -> {
        var all = new ArrayList<Object>();
        for (Object each : list) all.add(plain(each));
        yield all;
      }
      case Map<?, ?> map -> {
        var all = new ArrayList<Object>();
        map.forEach((k, v) -> all.add(List.of(plain(k), plain(v))));
        all.sort(Comparator.comparing(Object::toString)); // arrays as keys have no order
        yield List.of(map.getClass(), all);
      }
      default -> List.of(value.getClass(), value);
    };
  }

  /** Writes with both, and returns the text if there is one. */
  byte[] write(Schema schema, Object value) {
    Came expected = of(() -> reference.fromConnectData("t", schema, value));
    assertThat(of(() -> ours.fromConnectData("t", schema, value)))
        .as("written: %s of %s", value, schema)
        .isEqualTo(expected);
    return expected.exception().isEmpty() ? reference.fromConnectData("t", schema, value) : null;
  }

  /** Reads with both; twice, since a schema is known the second time. */
  void read(byte[] text) {
    Came expected = of(() -> reference.toConnectData("t", text));
    for (int i = 0; i < 2; i++) {
      assertThat(of(() -> ours.toConnectData("t", text)))
          .as(
              "read: %s",
              text == null ? "null" : new String(text, java.nio.charset.StandardCharsets.UTF_8))
          .isEqualTo(expected);
    }
  }

  @Override
  public void close() {
    reference.close();
    try {
      ours.close();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}

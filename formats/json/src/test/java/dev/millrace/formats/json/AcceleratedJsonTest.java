package dev.millrace.formats.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.json.JsonConverter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same bytes, values and exceptions as Kafka Connect's JsonConverter. */
@SuppressWarnings("JavaUtilDate") // the Connect API's class
class AcceleratedJsonTest {

  private static final Map<String, String> WITHOUT_SCHEMAS = Map.of("schemas.enable", "false");

  @Provide
  Arbitrary<Map<String, String>> settings() {
    return Combinators.combine(
            Arbitraries.of("true", "false"),
            Arbitraries.of("BASE64", "NUMERIC", "numeric"),
            Arbitraries.of("true", "false"),
            Arbitraries.of("1000", "1", "0"))
        .as(
            (schemas, decimals, defaults, cached) ->
                Map.of(
                    "schemas.enable", schemas,
                    "decimal.format", decimals,
                    "replace.null.with.default", defaults,
                    "schemas.cache.size", cached));
  }

  @Property(tries = 1500)
  void dataWithSchemas(@ForAll("settings") Map<String, String> settings, @ForAll long seed) {
    var chance = new Generated(seed);
    try (var same = new Same(settings)) {
      Schema schema = chance.schema(3);
      for (int i = 0; i < 3; i++) {
        byte[] text = same.write(schema, chance.value(schema));
        if (text == null) continue;
        same.read(text);
        for (int j = 0; j < 5; j++) same.read(chance.disturbed(text));
      }
    }
  }

  @Property(tries = 700)
  void dataWithoutSchemas(@ForAll("settings") Map<String, String> settings, @ForAll long seed) {
    var chance = new Generated(seed);
    try (var same = new Same(settings)) {
      for (int i = 0; i < 3; i++) {
        byte[] text = same.write(null, chance.any(3));
        same.read(text);
        if (text == null) continue;
        for (int j = 0; j < 5; j++) same.read(chance.disturbed(text));
      }
    }
  }

  @Property(tries = 300)
  void valuesOfAnotherSchema(@ForAll("settings") Map<String, String> settings, @ForAll long seed) {
    var chance = new Generated(seed);
    try (var same = new Same(settings)) {
      Schema schema = chance.schema(2);
      same.write(schema, chance.value(chance.schema(2)));
      same.write(schema, chance.any(2));
    }
  }

  @Property(tries = 400)
  void aConfiguredSchema(@ForAll long seed, @ForAll boolean numeric, @ForAll boolean defaults) {
    var chance = new Generated(seed);
    Schema schema = chance.schema(3);
    var settings = new HashMap<String, String>();
    settings.put("decimal.format", numeric ? "NUMERIC" : "BASE64");
    settings.put("replace.null.with.default", String.valueOf(defaults));
    try (var writer = new JsonConverter();
        var plain = new Same(plus(settings, "schemas.enable", "false"))) {
      writer.configure(settings, false);
      String content;
      try {
        content = writer.asJsonSchema(schema).toString();
        writer.asConnectSchema(writer.asJsonSchema(schema));
      } catch (RuntimeException e) {
        return; // a schema that cannot be configured
      }
      try (var same = new Same(plus(settings, "schema.content", content))) {
        for (int i = 0; i < 4; i++) {
          byte[] text = plain.write(schema, chance.value(schema));
          same.read(text);
          if (text != null) same.read(chance.disturbed(text));
        }
      }
    }
  }

  private static Map<String, String> plus(Map<String, String> settings, String key, String value) {
    var all = new HashMap<>(settings);
    all.put(key, value);
    return all;
  }

  @Property(tries = 3000)
  void numbersOfAllShapes(@ForAll("numbers") String number) {
    try (var same = new Same(WITHOUT_SCHEMAS)) {
      same.read(utf8(number));
    }
    for (String type : new String[] {"double", "float", "int64", "int8"}) {
      try (var same = new Same(Map.of())) {
        same.read(utf8("{\"schema\":{\"type\":\"" + type + "\"},\"payload\":" + number + "}"));
      }
    }
  }

  @Provide
  Arbitrary<String> numbers() {
    Arbitrary<String> digits = Arbitraries.strings().numeric().ofMaxLength(22);
    return Combinators.combine(
            Arbitraries.of("", "-", "+"),
            digits,
            Combinators.combine(Arbitraries.of("", "."), digits)
                .as((point, tail) -> point.isEmpty() ? "" : point + tail),
            Arbitraries.of("", "", "", "e5", "E-7", "e+300", "E-400", "e9999", "e"))
        .as((sign, whole, tail, exponent) -> sign + whole + tail + exponent);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "null",
        "{\"schema\":null,\"payload\":null}",
        "{\"schema\":null,\"payload\":{\"a\":[1,2.5,\"x\",true,null]}}",
        "{ \"schema\" : {\"type\":\"int32\"} , \"payload\" : 5 } ",
        "{\"payload\":5,\"schema\":{\"type\":\"int32\"}}",
        "{\"schema\":{\"type\":\"int32\"},\"payload\":5,\"more\":1}",
        "{\"schema\":{\"type\":\"int32\"},\"payload\":5,\"payload\":6}",
        "{\"schema\":{\"type\":\"int32\"},\"payload\":\"5\",\"schema\":{\"type\":\"string\"}}",
        "{\"schema\":{\"type\":\"int32\",\"default\":7},\"payload\":null}",
        "{\"schema\":{\"type\":\"int32\"},\"payload\":null}",
        "{\"schema\":{\"type\":\"int32\"},\"payload\":007}",
        "{\"schema\":{\"type\":\"int32\"},\"payload\":5000000000}",
        "{\"schema\":{\"type\":\"int8\"},\"payload\":300}",
        "{\"schema\":{\"type\":\"int64\"},\"payload\":99999999999999999999}",
        "{\"schema\":{\"type\":\"boolean\"},\"payload\":1}",
        "{\"schema\":{\"type\":\"string\"},\"payload\":1}",
        "{\"schema\":{\"type\":\"double\"},\"payload\":\"NaN\"}",
        "{\"schema\":{\"type\":\"double\"},\"payload\":NaN}",
        "{\"schema\":{\"type\":\"bytes\"},\"payload\":\"QQ\"}",
        "{\"schema\":{\"type\":\"bytes\"},\"payload\":\"QR==\"}",
        "{\"schema\":{\"type\":\"bytes\"},\"payload\":\"QUI=QUI=\"}",
        "{\"schema\":{\"type\":\"bytes\"},\"payload\":\" QUI= \"}",
        "{\"schema\":{\"type\":\"bytes\"},\"payload\":\"QU\\u0049=\"}",
        "{\"schema\":{\"type\":\"nonsense\"},\"payload\":1}",
        "{\"schema\":{\"type\":\"struct\",\"fields\":[{\"field\":\"a\",\"type\":\"int32\"},"
            + "{\"field\":\"b\",\"type\":\"string\",\"optional\":true}]},"
            + "\"payload\":{\"c\":{\"deep\":[{}]},\"b\":\"x\",\"a\":1,\"a\":2,\"b\":null}}",
        "{\"schema\":{\"type\":\"struct\",\"fields\":[{\"field\":\"a\",\"type\":\"int32\"}]},"
            + "\"payload\":{\"\\u0061\":1}}",
        "{\"schema\":{\"type\":\"map\",\"keys\":{\"type\":\"int32\"},\"values\":{\"type\":\"int32\"}},"
            + "\"payload\":[[1,2],[1,3,4]]}",
        "{\"schema\":{\"type\":\"map\",\"keys\":{\"type\":\"string\"},\"values\":{\"type\":\"int32\"}},"
            + "\"payload\":{\"a\":1,\"b\":2,\"a\":3}}",
        "{\"schema\":{\"type\":\"int32\",\"name\":\"org.apache.kafka.connect.data.Time\",\"version\":1},"
            + "\"payload\":86400000}",
        "{\"schema\":{\"type\":\"bytes\",\"name\":\"org.apache.kafka.connect.data.Decimal\","
            + "\"parameters\":{\"scale\":\"2\"}},\"payload\":1.10}",
        "\ufeff{\"schema\":null,\"payload\":1}",
        "{\"a\":1} trailing",
        "{\"b\":1,\"a\":2,\"b\":3}",
        "\"\\ud83d\\ude00 \\ud800 \\u00E9\\/\"",
        "\"bad \\x escape\"",
        "\"control \u0001\"",
        "[1,]",
        "{\"a\":1,}",
        "// comment\n1",
        "-",
        "1.",
        ".5",
        "-0",
        "-0.0",
        "1e5",
        "1E400",
        "true",
        "falsey",
        "12345678901234567890"
      })
  void textsOfAllKinds(String text) {
    for (Map<String, String> settings : List.of(Map.<String, String>of(), WITHOUT_SCHEMAS)) {
      try (var same = new Same(settings)) {
        same.read(utf8(text));
        same.read(text.getBytes(StandardCharsets.UTF_16BE));
        same.read(text.getBytes(StandardCharsets.ISO_8859_1));
      }
    }
  }

  @Property(tries = 1000)
  void signsAtAllPlacesOfAString(@ForAll long seed) {
    var random = new Random(seed);
    String signs = "\"\\\u0000\u001f !#[]\u007f\u0080é€/x";
    var text = new StringBuilder("x".repeat(random.nextInt(30)));
    for (int i = random.nextInt(4); i > 0; i--) {
      text.insert(random.nextInt(text.length() + 1), signs.charAt(random.nextInt(signs.length())));
    }
    try (var same = new Same(WITHOUT_SCHEMAS)) {
      same.read(utf8("\"" + text + "\""));
      same.read(utf8("{\"" + text + "\":\"" + text + "\"}"));
      same.write(null, Map.of(text.toString(), text.toString()));
    }
  }

  @Property(tries = 300)
  void namesInAnyOrder(@ForAll long seed) {
    var random = new Random(seed);
    try (var same = new Same(WITHOUT_SCHEMAS)) {
      for (int i = 0; i < 20; i++) {
        var text = new StringBuilder("[");
        for (int j = random.nextInt(4); j >= 0; j--) {
          text.append("{\"first\":1");
          for (int k = random.nextInt(5); k > 0; k--) {
            String name = "abcdefghijklmnop".substring(random.nextInt(3), 4 + random.nextInt(12));
            text.append(random.nextInt(5) == 0 ? " , " : ",");
            text.append('"').append(name).append(random.nextInt(5) == 0 ? "\" :" : "\":");
            text.append(k);
          }
          text.append(j > 0 ? "}," : "}]");
        }
        same.read(utf8(text.toString()));
      }
    }
  }

  /** What reading and putting check is not checked twice, so the schemas must not be these. */
  @ParameterizedTest
  @ValueSource(strings = {"Decimal", "Date", "Time", "Timestamp"})
  void logicalNamesOfTypesThatHoldOthers(String name) {
    String named = "\"name\":\"org.apache.kafka.connect.data." + name + "\",\"version\":1,";
    List<String> types =
        List.of(
            "\"type\":\"array\",\"items\":{\"type\":\"int32\"}",
            "\"type\":\"map\",\"keys\":{\"type\":\"string\"},\"values\":{\"type\":\"int32\"}",
            "\"type\":\"struct\",\"fields\":[]",
            "\"type\":\"string\"",
            "\"type\":\"int64\"");
    for (String type : types) {
      String field = "{\"field\":\"f\"," + named + "\"parameters\":{\"scale\":\"0\"}," + type + "}";
      for (String value : List.of("5", "[5]", "{}", "{\"a\":5}", "\"BQ==\"", "null")) {
        try (var same = new Same(Map.of())) {
          same.read(
              utf8(
                  "{\"schema\":{\"type\":\"struct\",\"fields\":["
                      + field
                      + "]},\"payload\":{\"f\":"
                      + value
                      + "}}"));
        }
      }
    }
  }

  /** Dates and times of day are ints; what does not fit one is refused rather than cut. */
  @ParameterizedTest
  @ValueSource(strings = {"Date", "Time", "Timestamp"})
  void datesAtTheEdgesOfTheirNumbers(String name) {
    String type = name.equals("Timestamp") ? "int64" : "int32";
    String schema =
        "{\"type\":\"%s\",\"name\":\"org.apache.kafka.connect.data.%s\",\"version\":1}"
            .formatted(type, name);
    try (var same = new Same(Map.of())) {
      for (String value : List.of("5", "-1", "86400001", "4294967301", "-4294967291")) {
        same.read(utf8("{\"schema\":" + schema + ",\"payload\":" + value + "}"));
      }
    }
  }

  /** Such maps are read, but not put into a struct, unless they are empty. */
  @ParameterizedTest
  @ValueSource(strings = {"Decimal", "Date", "Time", "Timestamp"})
  void logicalNamesOfKeys(String name) {
    String keys = "{\"type\":\"string\",\"name\":\"org.apache.kafka.connect.data." + name + "\"}";
    String map = "\"type\":\"map\",\"keys\":" + keys + ",\"values\":{\"type\":\"int32\"}";
    String struct = "{\"type\":\"struct\",\"fields\":[{\"field\":\"f\"," + map + "}]}";
    try (var same = new Same(Map.of())) {
      for (String value : List.of("{}", "{\"a\":5}")) {
        same.read(utf8("{\"schema\":{" + map + "},\"payload\":" + value + "}"));
        same.read(utf8("{\"schema\":" + struct + ",\"payload\":{\"f\":" + value + "}}"));
      }
    }
  }

  @Test
  void malformedUtf8() {
    var random = new Random(7);
    try (var same = new Same(WITHOUT_SCHEMAS)) {
      for (int i = 0; i < 20_000; i++) {
        byte[] text = utf8("\"ab????cd\"");
        for (int j = 3; j < 7; j++) {
          text[j] = (byte) (random.nextBoolean() ? 0x80 + random.nextInt(128) : 'x');
        }
        same.read(text);
      }
    }
  }

  @Test
  void schemaIsNotTakenFromATextThatNamesItTwice() {
    String first =
        "{\"schema\":{\"type\":\"int32\"},\"payload\":1,\"schema\":{\"type\":\"int64\"}}";
    try (var same = new Same(Map.of())) {
      same.read(utf8(first));
      same.read(utf8("{\"schema\":{\"type\":\"int32\"},\"payload\":1}"));
    }
  }

  @Test
  void deepAndLongTexts() {
    try (var same = new Same(WITHOUT_SCHEMAS)) {
      same.read(utf8("[".repeat(150) + "]".repeat(150)));
      same.read(utf8("[".repeat(400) + "]".repeat(400)));
      same.read(utf8("[".repeat(1500) + "]".repeat(1500)));
      same.read(utf8("{\"" + "n".repeat(60_000) + "\":1}"));
      same.read(utf8("1".repeat(1500)));
      same.read(utf8("\"" + "x".repeat(11 << 20) + "\""));
    }
  }

  /** Beyond a depth the original refuses. */
  @ParameterizedTest
  @ValueSource(ints = {150, 900, 1_100})
  void deepData(int depth) {
    Object list = "x";
    Object map = "x";
    for (int i = 0; i < depth; i++) {
      list = List.of(list);
      map = Map.of("k", map);
    }
    for (Map<String, String> settings : List.of(Map.<String, String>of(), WITHOUT_SCHEMAS)) {
      try (var same = new Same(settings)) {
        same.write(null, list);
        same.write(null, map);
      }
    }
  }

  @Test
  void buildersAreAllowed() {
    SchemaBuilder builder = SchemaBuilder.struct().field("a", SchemaBuilder.int32().optional());
    try (var same = new Same(Map.of())) {
      same.write(builder, new Struct(builder).put("a", 1));
      Schema built = builder.build();
      same.write(built, new Struct(built).put("a", 1));
      same.write(built, new Struct(built));
    }
  }

  /** If this fails the rest still passes, by leaving everything to the original, but slowly. */
  @Test
  void plainDataIsNotLeftToTheOriginal() {
    Schema schema =
        SchemaBuilder.struct()
            .field("id", Schema.INT64_SCHEMA)
            .field("price", Schema.FLOAT64_SCHEMA)
            .field("ok", Schema.BOOLEAN_SCHEMA)
            .field("name", Schema.STRING_SCHEMA)
            .field("note", SchemaBuilder.string().optional().defaultValue("none").build())
            .field("raw", Schema.OPTIONAL_BYTES_SCHEMA)
            .field("at", org.apache.kafka.connect.data.Timestamp.SCHEMA)
            .field("tags", SchemaBuilder.array(Schema.STRING_SCHEMA).build())
            .field("by", SchemaBuilder.map(Schema.STRING_SCHEMA, Schema.INT32_SCHEMA).build())
            .build();
    Struct value =
        new Struct(schema)
            .put("id", 5L)
            .put("price", 12.75)
            .put("ok", true)
            .put("name", "Grüße \"😀\"\n")
            .put("raw", new byte[] {1, 2})
            .put("at", new java.util.Date(1_700_000_000_000L))
            .put("tags", List.of("a", "b"))
            .put("by", Map.of("x", 1));
    for (Map<String, String> settings : List.of(Map.<String, String>of(), WITHOUT_SCHEMAS)) {
      try (var same = new Same(settings)) {
        byte[] text = same.writer.text(schema, value);
        assertThat(text).isEqualTo(same.write(schema, value));
        same.reader.read("t", text);
        SchemaAndValue data = same.reader.data(new Input(text, new Names()));
        if (settings.isEmpty())
          assertThat(data).isEqualTo(new SchemaAndValue(schema, withNote(value)));
      }
    }
  }

  /** A null is read as the default. */
  private static Struct withNote(Struct value) {
    return new Struct(value.schema())
        .put("id", value.get("id"))
        .put("price", value.get("price"))
        .put("ok", value.get("ok"))
        .put("name", value.get("name"))
        .put("note", "none")
        .put("raw", value.get("raw"))
        .put("at", value.get("at"))
        .put("tags", value.get("tags"))
        .put("by", value.get("by"));
  }

  @Test
  void manyThreadsShareOneConverter() throws Exception {
    var original = new JsonConverter();
    original.configure(Map.of(), false);
    var failures = new java.util.concurrent.ConcurrentLinkedQueue<Throwable>();
    try (var ours = AcceleratedJson.converter(original, Map.of(), false)) {
      var threads = new java.util.ArrayList<Thread>();
      for (int i = 0; i < 4; i++) {
        int seed = i;
        threads.add(
            Thread.ofPlatform()
                .uncaughtExceptionHandler((thread, e) -> failures.add(e))
                .start(() -> roundTrips(ours, seed)));
      }
      for (Thread thread : threads) thread.join(60_000);
    }
    assertThat(failures).isEmpty();
  }

  private static void roundTrips(org.apache.kafka.connect.storage.Converter ours, int seed) {
    for (int i = 0; i < 5_000; i++) {
      Schema schema = SchemaBuilder.struct().field("f" + i % 7, Schema.STRING_SCHEMA).build();
      Struct value = new Struct(schema).put("f" + i % 7, "v" + seed + "-" + i);
      byte[] text = ours.fromConnectData("t", schema, value);
      assertThat(ours.toConnectData("t", text)).isEqualTo(new SchemaAndValue(schema, value));
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}

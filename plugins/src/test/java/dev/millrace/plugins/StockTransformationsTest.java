package dev.millrace.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.transforms.Transformation;
import org.apache.kafka.connect.transforms.predicates.Predicate;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every stock transformation and predicate, found by the name that configurations use, against what
 * it gives in Kafka Connect 4.3.1.
 */
class StockTransformationsTest {

  private static final String PACKAGE = "org.apache.kafka.connect.transforms.";

  /** Class, settings, and the record that comes out. */
  private static final String[][] TABLE = {
    {"Cast$Key", "spec=k:string", "orders/0 {k=7} {id=1,at=0,in={a=x}} [h=v] 86400000"},
    {"Cast$Value", "spec=id:string", "orders/0 {k=7} {id=1,at=0,in={a=x}} [h=v] 86400000"},
    {"DropHeaders", "headers=h", "orders/0 {k=7} {id=1,at=0,in={a=x}} [] 86400000"},
    {"ExtractField$Key", "field=k", "orders/0 7 {id=1,at=0,in={a=x}} [h=v] 86400000"},
    {"ExtractField$Value", "field=in.a;field.syntax.version=V2", "orders/0 {k=7} x [h=v] 86400000"},
    {"Filter", "", "nothing"},
    {"Flatten$Key", "", "orders/0 {k=7} {id=1,at=0,in={a=x}} [h=v] 86400000"},
    {"Flatten$Value", "delimiter=_", "orders/0 {k=7} {id=1,at=0,in_a=x} [h=v] 86400000"},
    {
      "HeaderFrom$Key",
      "fields=k;headers=key;operation=copy",
      "orders/0 {k=7} {id=1,at=0,in={a=x}} [h=v,key=7] 86400000"
    },
    {
      "HeaderFrom$Value",
      "fields=id;headers=id;operation=move",
      "orders/0 {k=7} {at=0,in={a=x}} [h=v,id=1] 86400000"
    },
    {"HoistField$Key", "field=f", "orders/0 {f={k=7}} {id=1,at=0,in={a=x}} [h=v] 86400000"},
    {"HoistField$Value", "field=f", "orders/0 {k=7} {f={id=1,at=0,in={a=x}}} [h=v] 86400000"},
    {
      "InsertField$Key",
      "topic.field=t",
      "orders/0 {k=7,t=orders} {id=1,at=0,in={a=x}} [h=v] 86400000"
    },
    {
      "InsertField$Value",
      "offset.field=o;static.field=s;static.value=w",
      "orders/0 {k=7} {id=1,at=0,in={a=x},o=42,s=w} [h=v] 86400000"
    },
    {
      "InsertHeader",
      "header=n;value.literal=5",
      "orders/0 {k=7} {id=1,at=0,in={a=x}} [h=v,n=5] 86400000"
    },
    {"MaskField$Key", "fields=k", "orders/0 {k=0} {id=1,at=0,in={a=x}} [h=v] 86400000"},
    {
      "MaskField$Value",
      "fields=id;replacement=9",
      "orders/0 {k=7} {id=9,at=0,in={a=x}} [h=v] 86400000"
    },
    {
      "RegexRouter",
      "regex=or(.*);replacement=new-$1",
      "new-ders/0 {k=7} {id=1,at=0,in={a=x}} [h=v] 86400000"
    },
    {"ReplaceField$Key", "renames=k:key", "orders/0 {key=7} {id=1,at=0,in={a=x}} [h=v] 86400000"},
    {"ReplaceField$Value", "exclude=in", "orders/0 {k=7} {id=1,at=0} [h=v] 86400000"},
    {
      "SetSchemaMetadata$Key",
      "schema.name=N",
      "orders/0 N{k=7} {id=1,at=0,in={a=x}} [h=v] 86400000"
    },
    {
      "SetSchemaMetadata$Value",
      "schema.name=N;schema.version=3",
      "orders/0 {k=7} N{id=1,at=0,in={a=x}} [h=v] 86400000"
    },
    {
      "TimestampConverter$Key",
      "field=k;target.type=string;format=yyyy-MM-dd",
      "orders/0 {k=1970-01-01} {id=1,at=0,in={a=x}} [h=v] 86400000"
    },
    {
      "TimestampConverter$Value",
      "field=at;target.type=string;format=yyyy-MM-dd HH:mm",
      "orders/0 {k=7} {id=1,at=1970-01-01 00:00,in={a=x}} [h=v] 86400000"
    },
    {
      "TimestampRouter",
      "topic.format=${topic}-${timestamp};timestamp.format=yyyyMMdd",
      "orders-19700102/0 {k=7} {id=1,at=0,in={a=x}} [h=v] 86400000"
    },
    {"ValueToKey", "fields=id", "orders/0 {id=1} {id=1,at=0,in={a=x}} [h=v] 86400000"},
  };

  static Stream<String[]> table() {
    return Stream.of(TABLE);
  }

  @ParameterizedTest
  @MethodSource("table")
  @DisplayName("§12.6 stock transformations give what they give in Kafka Connect")
  void transformation(String name, String settings, String expected) throws Exception {
    try (PluginCatalog catalog = catalog()) {
      PluginDescriptor found = catalog.require(PluginKind.TRANSFORMATION, PACKAGE + name);
      try (Transformation<?> raw = catalog.newInstance(found, Transformation.class)) {
        @SuppressWarnings("unchecked") // it takes any record
        Transformation<SinkRecord> transformation = (Transformation<SinkRecord>) raw;
        transformation.configure(settings(settings));
        assertThat(text(transformation.apply(sample()))).isEqualTo(expected);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "HasHeaderKey, name=h, true",
    "HasHeaderKey, name=x, false",
    "RecordIsTombstone, '', false",
    "TopicNameMatches, pattern=ord.*, true",
    "TopicNameMatches, pattern=x.*, false"
  })
  @DisplayName("§12.6 stock predicates give what they give in Kafka Connect")
  void predicate(String alias, String settings, boolean expected) throws Exception {
    assertThat(test(alias, settings, sample())).isEqualTo(expected);
  }

  @Test
  @DisplayName("§12.6 a record without value is a tombstone")
  void tombstone() throws Exception {
    var tombstone = new SinkRecord("orders", 0, null, "k", null, null, 43);
    assertThat(test("RecordIsTombstone", "", tombstone)).isTrue();
  }

  private static boolean test(String alias, String settings, SinkRecord record) throws Exception {
    try (PluginCatalog catalog = catalog()) {
      PluginDescriptor found = catalog.require(PluginKind.PREDICATE, alias);
      try (Predicate<?> raw = catalog.newInstance(found, Predicate.class)) {
        @SuppressWarnings("unchecked") // it takes any record
        Predicate<SinkRecord> predicate = (Predicate<SinkRecord>) raw;
        predicate.configure(settings(settings));
        return predicate.test(record);
      }
    }
  }

  @Test
  @DisplayName("§12.3 all stock transformations and predicates are there")
  void all() {
    try (PluginCatalog catalog = catalog()) {
      assertThat(names(catalog, PluginKind.TRANSFORMATION))
          .isEqualTo(
              Stream.of(TABLE).map(row -> row[0]).collect(Collectors.toCollection(TreeSet::new)));
      assertThat(names(catalog, PluginKind.PREDICATE))
          .containsExactly(
              "predicates.HasHeaderKey",
              "predicates.RecordIsTombstone",
              "predicates.TopicNameMatches");
    }
  }

  private static Set<String> names(PluginCatalog catalog, PluginKind kind) {
    return catalog.descriptors(kind).stream()
        .map(PluginDescriptor::className)
        .filter(name -> name.startsWith(PACKAGE))
        .map(name -> name.substring(PACKAGE.length()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static PluginCatalog catalog() {
    ClassLoader parent = StockTransformationsTest.class.getClassLoader();
    return PluginCatalog.scan(
        PluginScan.of(java.util.List.of(), parent).discovery(PluginDiscovery.SERVICE_LOAD));
  }

  private static Map<String, String> settings(String text) {
    Map<String, String> result = new LinkedHashMap<>();
    for (String setting : text.split(";", -1)) {
      int equals = setting.indexOf('=');
      if (equals > 0) result.put(setting.substring(0, equals), setting.substring(equals + 1));
    }
    return new TreeMap<>(result);
  }

  private static SinkRecord sample() {
    Schema key = SchemaBuilder.struct().field("k", Schema.INT64_SCHEMA).build();
    Schema inner = SchemaBuilder.struct().field("a", Schema.STRING_SCHEMA).build();
    Schema value =
        SchemaBuilder.struct()
            .field("id", Schema.INT32_SCHEMA)
            .field("at", Schema.INT64_SCHEMA)
            .field("in", inner)
            .build();
    return new SinkRecord(
        "orders",
        0,
        key,
        new Struct(key).put("k", 7L),
        value,
        new Struct(value).put("id", 1).put("at", 0L).put("in", new Struct(inner).put("a", "x")),
        42,
        86_400_000L,
        TimestampType.CREATE_TIME,
        new ConnectHeaders().addString("h", "v"));
  }

  private static String text(SinkRecord record) {
    if (record == null) return "nothing";
    String headers =
        Stream.iterate(record.headers().iterator(), it -> it.hasNext(), it -> it)
            .map(it -> it.next())
            .map(h -> h.key() + "=" + h.value())
            .collect(Collectors.joining(","));
    return "%s/%d %s %s [%s] %d"
        .formatted(
            record.topic(),
            record.kafkaPartition(),
            text(record.key()),
            text(record.value()),
            headers,
            record.timestamp());
  }

  private static String text(Object value) {
    if (!(value instanceof Struct struct)) return String.valueOf(value);
    String name = struct.schema().name() == null ? "" : struct.schema().name();
    return struct.schema().fields().stream()
        .map(field -> field.name() + "=" + text(struct.get(field)))
        .collect(Collectors.joining(",", name + "{", "}"));
  }
}

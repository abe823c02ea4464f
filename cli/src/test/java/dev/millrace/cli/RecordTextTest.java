package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;
import org.apache.kafka.connect.json.JsonConverter;
import org.junit.jupiter.api.Test;

final class RecordTextTest {
  private final RecordText text = new RecordText();

  @Test
  void showsWhatASchemaEncodes() {
    Schema schema =
        SchemaBuilder.struct()
            .field("id", Schema.INT64_SCHEMA)
            .field("price", Decimal.schema(2))
            .field("at", Timestamp.SCHEMA)
            .field("day", org.apache.kafka.connect.data.Date.SCHEMA)
            .field("time", Time.SCHEMA)
            .field("raw", Schema.BYTES_SCHEMA)
            .field("tags", SchemaBuilder.array(Schema.STRING_SCHEMA).build())
            .field("none", Schema.OPTIONAL_STRING_SCHEMA)
            .build();
    Struct value =
        new Struct(schema)
            .put("id", 7L)
            .put("price", new BigDecimal("12.50"))
            .put("at", Date.from(Instant.parse("2026-01-02T03:04:05.678Z")))
            .put("day", Date.from(Instant.parse("2026-01-02T00:00:00Z")))
            .put("time", Date.from(Instant.parse("1970-01-01T03:04:05Z")))
            .put("raw", new byte[] {1, 2})
            .put("tags", java.util.List.of("a", "b"));
    assertThat(text.text(encoded(schema, value)))
        .isEqualTo(
            "{\"id\":7,\"price\":\"12.50\",\"at\":\"2026-01-02T03:04:05.678Z\","
                + "\"day\":\"2026-01-02\",\"time\":\"03:04:05\",\"raw\":\"AQI=\","
                + "\"tags\":[\"a\",\"b\"],\"none\":null}");
  }

  @Test
  void showsEverythingElseAsItIs() {
    assertThat(text.text(null)).isEqualTo("null");
    assertThat(text.text(utf8("{ \"a\" : 1.10 }"))).isEqualTo("{\"a\":1.10}");
    assertThat(text.text(utf8("plain ö"))).isEqualTo("plain ö");
    assertThat(text.text(new byte[] {0, 1, -1})).isEqualTo("3 bytes: AAH/");
    assertThat(text.text(utf8("{\"schema\":{\"type\":\"odd\"},\"payload\":{\"b\":2}}")))
        .isEqualTo("{\"b\":2}");
  }

  @Test
  void numbersAndTextsAreShownAsTheyWereWritten() {
    for (String scalar : new String[] {"12e4", "007", "1.50E+2", "\"a\\u0062\"", "1e999999999"}) {
      assertThat(text.text(utf8(scalar))).isEqualTo(scalar);
    }
    assertThat(text.text(new byte[] {0, 0, 0, '7'})).isEqualTo("4 bytes: AAAANw==");
  }

  @Test
  void aNumberTooLongToWriteOutIsShownAsItIs() {
    for (String value :
        new String[] {
          "{\"a\":1e999999}",
          "[1e-99999999999]",
          "{\"schema\":{\"type\":\"odd\"},\"payload\":1e999999}"
        }) {
      assertThat(text.text(utf8(value))).isEqualTo(value);
    }
  }

  @Test
  void aLineHasPlaceTimeKeyAndValue() {
    var record = new ConsumerRecord<>("t", 3, 42L, utf8("k"), utf8("v"));
    assertThat(text.line(record)).startsWith("3:42 ").endsWith(" k → v");
  }

  private static byte[] encoded(Schema schema, Object value) {
    try (JsonConverter converter = new JsonConverter()) {
      converter.configure(Map.of("schemas.enable", "true", "converter.type", "value"));
      return converter.fromConnectData("t", schema, value);
    }
  }

  private static byte[] utf8(String value) {
    return value.getBytes(StandardCharsets.UTF_8);
  }
}

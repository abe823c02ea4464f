package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.errors.DeadLetterSettings;
import dev.millrace.model.errors.Stage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The dead letters of sources. */
class SourceLetterTest {
  private static final DeadLetterSettings QUEUE = new DeadLetterSettings("dlq", (short) 1, true);
  private static final DeadLetterSettings PLAIN = new DeadLetterSettings("dlq", (short) 1, false);

  private static SourceRecord polled(Object key, Object value) {
    SourceRecord record =
        new SourceRecord(
            Map.of("file", "a"), Map.of("line", 3), "t", 2, null, key, null, value, -1L);
    record.headers().addString("own", "header");
    return record;
  }

  private static ErrorReport report(ErrorReport.Origin origin, Stage stage) {
    return new ErrorReport(
        new TaskName("c", 4), stage, SourceLetterTest.class, new DataException("no"), origin);
  }

  private static ProducerRecord<byte[], byte[]> unconverted(SourceRecord polled) {
    return new SourceLetter(QUEUE, text -> text)
        .of(
            report(new ErrorReport.Polled(polled), Stage.VALUE_CONVERTER),
            polled,
            SourceLetter.Size.WHOLE);
  }

  private static String text(byte[] bytes) {
    return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
  }

  private static Map<String, String> headers(ProducerRecord<byte[], byte[]> letter) {
    Map<String, String> found = new HashMap<>();
    for (Header header : letter.headers()) {
      found.put(header.key(), text(header.value()));
    }
    return found;
  }

  @Test
  @DisplayName("§4.22 a record without bytes becomes text or JSON, with where it came from")
  void unconverted() {
    Schema schema =
        SchemaBuilder.struct().field("id", Schema.INT32_SCHEMA).field("x", Schema.BYTES_SCHEMA);
    Struct struct = new Struct(schema).put("id", 7).put("x", new byte[] {1, 2});
    ProducerRecord<byte[], byte[]> letter = unconverted(polled("key", struct));
    assertThat(letter.topic()).isEqualTo("dlq");
    assertThat(letter.timestamp()).isNull();
    assertThat(text(letter.key())).isEqualTo("key");
    assertThat(text(letter.value())).isEqualTo("{\"id\":7,\"x\":\"AQI=\"}");
    assertThat(headers(letter))
        .containsEntry("own", "header")
        .containsEntry("__connect.errors.topic", "t")
        .containsEntry("__connect.errors.partition", "2")
        .containsEntry("__connect.errors.offset", null)
        .containsEntry("__connect.errors.connector.name", "c")
        .containsEntry("__connect.errors.task.id", "4")
        .containsEntry("__connect.errors.stage", "VALUE_CONVERTER")
        .containsEntry("__connect.errors.exception.message", "no")
        .containsEntry("__millrace.errors.form", "json")
        .containsEntry("__millrace.errors.source.partition", "{\"file\":\"a\"}")
        .containsEntry("__millrace.errors.source.offset", "{\"line\":3}");
  }

  @Test
  @DisplayName("§4.22 a record that Kafka refused keeps its bytes and headers")
  void refused() {
    ProducerRecord<byte[], byte[]> made =
        new ProducerRecord<>("t", 1, 99L, new byte[] {1}, new byte[] {2});
    made.headers().add("h", new byte[] {3});
    SourceRecord polled = polled("key", "value");
    ErrorReport report = report(new ErrorReport.Unwritten(polled, made), Stage.KAFKA_PRODUCE);
    var letter = new SourceLetter(PLAIN, text -> text).of(report, polled, SourceLetter.Size.WHOLE);
    assertThat(letter.key()).containsExactly(1);
    assertThat(letter.value()).containsExactly(2);
    assertThat(letter.timestamp()).isEqualTo(99L);
    assertThat(letter.headers().toArray()).hasSize(1);
    assertThat(
            headers(
                new SourceLetter(QUEUE, text -> text).of(report, polled, SourceLetter.Size.WHOLE)))
        .containsEntry("__millrace.errors.form", "kafka");
  }

  @Test
  @DisplayName("§4.22 a letter that does not fit is cut, and says so with or without context")
  void cut() {
    SourceRecord polled = polled("k".repeat(50_000), "v".repeat(5_000_000));
    ErrorReport report = report(new ErrorReport.Polled(polled), Stage.TRANSFORMATION);
    var cut = new SourceLetter(PLAIN, text -> text).of(report, polled, SourceLetter.Size.CUT);
    assertThat(text(cut.value())).hasSize(16 * 1024).startsWith("vvv");
    assertThat(headers(cut))
        .isEqualTo(Map.of("__millrace.errors.cut", "key of 50000 bytes, value of 5000000 bytes"));
    var bare = new SourceLetter(QUEUE, text -> text).of(report, polled, SourceLetter.Size.BARE);
    assertThat(bare.key()).isNull();
    assertThat(bare.value()).isNull();
    assertThat(headers(bare)).containsKeys("__millrace.errors.cut", "__connect.errors.stage");
    assertThat(headers(bare).values()).allMatch(value -> value == null || value.length() <= 100);
  }

  @Test
  void anyValueBecomesJson() {
    assertThat(JsonText.of(Arrays.asList(1, null, true, 1.5, Float.NaN, "a\"b\\c\n\t\u0001")))
        .isEqualTo("[1,null,true,1.5,\"NaN\",\"a\\\"b\\\\c\\n\\t\\u0001\"]");
    assertThat(JsonText.of(new HashMap<>())).isEqualTo("{}");
    assertThat(JsonText.of(Map.of(1, List.of()))).isEqualTo("{\"1\":[]}");
    assertThat(JsonText.of(new Struct(SchemaBuilder.struct().build()))).isEqualTo("{}");
    assertThat(JsonText.bytes(ByteBuffer.wrap(new byte[] {5}))).containsExactly(5);
    assertThat(JsonText.bytes(null)).isNull();
  }

  @Test
  void whatCannotBeShownDoesNotFail() {
    List<Object> circle = new ArrayList<>();
    circle.add(circle);
    assertThat(JsonText.of(circle)).contains("deeper than");
    Object broken =
        new Object() {
          @Override
          public String toString() {
            throw new IllegalStateException("no text");
          }
        };
    assertThat(JsonText.of(broken)).contains("cannot be shown").contains("no text");
  }
}

package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.engine.RecordConverters.Loaded;
import dev.millrace.model.errors.Stage;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.HeaderConverter;
import org.apache.kafka.connect.storage.SimpleHeaderConverter;
import org.apache.kafka.connect.storage.StringConverter;
import org.apache.kafka.connect.transforms.Transformation;
import org.apache.kafka.connect.transforms.predicates.Predicate;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Order, conditions, class loaders and outcomes of the pipeline (compat: semantics §4, §6, §8). */
class RecordPipelineTest {
  private final List<String> calls = new ArrayList<>();
  private final NamedLoader own = new NamedLoader("own");
  private final NamedLoader plugin = new NamedLoader("plugin");
  private final NamedLoader other = new NamedLoader("other");

  private static final class NamedLoader extends URLClassLoader {
    private final String name;

    private NamedLoader(String name) {
      super(new URL[0], RecordPipelineTest.class.getClassLoader());
      this.name = name;
    }
  }

  private void called(String what) {
    NamedLoader context = (NamedLoader) Thread.currentThread().getContextClassLoader();
    calls.add(what + "@" + context.name);
  }

  private final class Append<R extends ConnectRecord<R>> implements Transformation<R> {
    private final String suffix;

    private Append(String suffix) {
      this.suffix = suffix;
    }

    @Override
    public R apply(R record) {
      called("append " + suffix);
      if (suffix.equals("drop")) {
        return null;
      }
      if (suffix.equals("fail")) {
        throw new IllegalStateException("bad record");
      }
      if (suffix.equals("break")) {
        throw new AssertionError("broken");
      }
      return record.newRecord(
          record.topic(),
          record.kafkaPartition(),
          record.keySchema(),
          record.key(),
          record.valueSchema(),
          record.value() + suffix,
          record.timestamp());
    }

    @Override
    public ConfigDef config() {
      return new ConfigDef();
    }

    @Override
    public void close() {
      called("close " + suffix);
    }

    @Override
    public void configure(Map<String, ?> configs) {}
  }

  private final class EndsWithA<R extends ConnectRecord<R>> implements Predicate<R> {
    @Override
    public boolean test(R record) {
      called("test");
      return record.value().toString().endsWith("a");
    }

    @Override
    public ConfigDef config() {
      return new ConfigDef();
    }

    @Override
    public void close() {
      called("close predicate");
    }

    @Override
    public void configure(Map<String, ?> configs) {}
  }

  private final class Recording implements Converter {
    private final StringConverter strings = new StringConverter();
    private final String name;

    private Recording(String name) {
      this.name = name;
    }

    @Override
    public void configure(Map<String, ?> configs, boolean isKey) {}

    @Override
    public byte[] fromConnectData(String topic, Schema schema, Object value) {
      called(name);
      return strings.fromConnectData(topic, schema, value);
    }

    @Override
    public SchemaAndValue toConnectData(String topic, byte[] value) {
      called(name);
      return strings.toConnectData(topic, value);
    }
  }

  private <R extends ConnectRecord<R>> RecordPipeline<R> pipeline(List<TransformStep<R>> steps) {
    HeaderConverter headers =
        new SimpleHeaderConverter() {
          @Override
          public byte[] fromConnectHeader(String topic, String key, Schema schema, Object value) {
            called("header");
            return super.fromConnectHeader(topic, key, schema, value);
          }

          @Override
          public SchemaAndValue toConnectHeader(String topic, String key, byte[] value) {
            called("header");
            return super.toConnectHeader(topic, key, value);
          }
        };
    return new RecordPipeline<>(
        steps,
        new RecordConverters(
            new Loaded<>(new Recording("key"), other),
            new Loaded<>(new Recording("value"), other),
            new Loaded<>(headers, other)));
  }

  private <R extends ConnectRecord<R>> TransformStep<R> step(String suffix) {
    return TransformStep.of(suffix, new Append<R>(suffix), plugin);
  }

  private Outcome<ProducerRecord<byte[], byte[]>> source(List<TransformStep<SourceRecord>> steps) {
    SourceRecord record =
        new SourceRecord(
            Map.of(), Map.of(), "t", null, Schema.STRING_SCHEMA, "k", Schema.STRING_SCHEMA, "v");
    record.headers().addString("h", "x");
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(own);
    try {
      Outcome<ProducerRecord<byte[], byte[]>> outcome =
          SourcePipeline.apply(pipeline(steps), record, Attempts.ONCE);
      assertThat(thread.getContextClassLoader()).isSameAs(own);
      return outcome;
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @DisplayName("§8.1 §8.5 §9.5 transformations in order, then headers, key, value")
  @Test
  void sourceTransformsThenConvertsHeadersKeyValue() {
    Outcome<ProducerRecord<byte[], byte[]>> outcome =
        source(
            List.of(
                step("a"),
                this.<SourceRecord>step("b").when(new EndsWithA<>(), false, other),
                this.<SourceRecord>step("c").when(new EndsWithA<>(), false, other),
                this.<SourceRecord>step("d").when(new EndsWithA<>(), true, other)));
    assertThat(calls)
        .containsExactly(
            "append a@plugin",
            "test@other",
            "append b@plugin",
            "test@other",
            "test@other",
            "append d@plugin",
            "header@other",
            "key@other",
            "value@other");
    assertThat(outcome).isInstanceOf(Outcome.Passed.class);
    byte[] value = ((Outcome.Passed<ProducerRecord<byte[], byte[]>>) outcome).value().value();
    assertThat(new String(value, StandardCharsets.UTF_8)).isEqualTo("vabd");
  }

  @DisplayName("§8.1 the first null ends the chain")
  @Test
  void firstNullEndsTheChain() {
    assertThat(source(List.of(step("drop"), step("b")))).isInstanceOf(Outcome.Filtered.class);
    assertThat(calls).containsExactly("append drop@plugin");
  }

  @DisplayName("§8.2 §7.11 a failure tells its stage and class")
  @Test
  void failureTellsStageAndClass() {
    Outcome.Failed<ProducerRecord<byte[], byte[]>> failed =
        (Outcome.Failed<ProducerRecord<byte[], byte[]>>) source(List.of(step("fail")));
    assertThat(failed.stage()).isEqualTo(Stage.TRANSFORMATION);
    assertThat(failed.executing()).isEqualTo(Append.class);
    assertThat(failed.error()).hasMessage("bad record");
  }

  @DisplayName("§7.11 Errors are not covered: they pass")
  @Test
  void errorsPass() {
    assertThatThrownBy(() -> source(List.of(step("break"))))
        .isInstanceOf(AssertionError.class)
        .hasMessage("broken");
  }

  @Test
  @DisplayName("§6.29 key, value, headers are converted, then transformations in order")
  void sinkConvertsKeyValueHeadersThenTransformsAndKeepsTheOrigin() {
    ConsumerRecord<byte[], byte[]> consumed =
        new ConsumerRecord<>("t", 2, 7, new byte[] {'k'}, new byte[] {'v'});
    consumed.headers().add("h", new byte[] {'x'});
    Outcome<SinkRecord> outcome =
        SinkPipeline.apply(pipeline(List.of(this.<SinkRecord>step("a"))), consumed, Attempts.ONCE);
    assertThat(calls)
        .containsExactly("key@other", "value@other", "header@other", "append a@plugin");
    SinkRecord record = ((Outcome.Passed<SinkRecord>) outcome).value();
    assertThat(record.value()).isEqualTo("va");
    assertThat(record.originalKafkaOffset()).isEqualTo(7);
    assertThat(((ConsumedRecord) record).origin()).isSameAs(consumed);
  }
}

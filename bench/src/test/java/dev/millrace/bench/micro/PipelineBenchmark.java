package dev.millrace.bench.micro;

import dev.millrace.bench.plugin.Form;
import dev.millrace.engine.Attempts;
import dev.millrace.engine.Outcome;
import dev.millrace.engine.RecordConverters;
import dev.millrace.engine.RecordConverters.Loaded;
import dev.millrace.engine.RecordPipeline;
import dev.millrace.engine.SinkPipeline;
import dev.millrace.engine.SourcePipeline;
import dev.millrace.engine.TransformStep;
import dev.millrace.formats.json.AcceleratedJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.SimpleHeaderConverter;
import org.apache.kafka.connect.transforms.InsertField;
import org.apache.kafka.connect.transforms.MaskField;
import org.apache.kafka.connect.transforms.ReplaceField;
import org.apache.kafka.connect.transforms.Transformation;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The record pipeline with our JSON converter: what the engine adds, and three transformations. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 3, time = 2)
@Fork(2)
public class PipelineBenchmark {

  private static final String TOPIC = "t";
  private static final int RECORDS = 1000;

  /** Whether there are transformations. */
  @Param({"false", "true"})
  public boolean transforms;

  private final SourceRecord[] polled = new SourceRecord[RECORDS];
  private final List<ConsumerRecord<byte[], byte[]>> consumed = new ArrayList<>();
  private RecordPipeline<SourceRecord> ofSource;
  private RecordPipeline<SinkRecord> ofSink;
  private int next;

  /** Makes the pipelines and their records. */
  @Setup
  public void prepare() {
    ofSource = new RecordPipeline<>(this.<SourceRecord>steps(), converters());
    ofSink = new RecordPipeline<>(this.<SinkRecord>steps(), converters());
    Converter json = json(false);
    for (int i = 0; i < RECORDS; i++) {
      SchemaAndValue value = Form.STRUCT.value(i);
      polled[i] =
          new SourceRecord(Map.of("p", 1), Map.of("o", i), TOPIC, value.schema(), value.value());
      byte[] text = json.fromConnectData(TOPIC, value.schema(), value.value());
      consumed.add(new ConsumerRecord<>(TOPIC, 0, i, null, text));
    }
  }

  private static Converter json(boolean forKeys) {
    Map<String, Object> settings = Map.of("schemas.enable", true);
    JsonConverter original = new JsonConverter();
    original.configure(settings, forKeys);
    return AcceleratedJson.converter(original, settings, forKeys);
  }

  private static RecordConverters converters() {
    ClassLoader loader = PipelineBenchmark.class.getClassLoader();
    return new RecordConverters(
        new Loaded<>(json(true), loader),
        new Loaded<>(json(false), loader),
        new Loaded<>(new SimpleHeaderConverter(), loader));
  }

  private <R extends ConnectRecord<R>> List<TransformStep<R>> steps() {
    return transforms
        ? List.of(
            step(new InsertField.Value<R>(), Map.of("static.field", "origin", "static.value", "b")),
            step(new ReplaceField.Value<R>(), Map.of("exclude", "street", "renames", "city:town")),
            step(new MaskField.Value<R>(), Map.of("fields", "last_name")))
        : List.of();
  }

  private static <R extends ConnectRecord<R>> TransformStep<R> step(
      Transformation<R> transformation, Map<String, String> settings) {
    transformation.configure(settings);
    return TransformStep.of("t", transformation, PipelineBenchmark.class.getClassLoader());
  }

  /** From a polled record to a producer's. */
  @Benchmark
  public Outcome<ProducerRecord<byte[], byte[]>> source() {
    return SourcePipeline.apply(ofSource, polled[next++ % RECORDS], Attempts.ONCE);
  }

  /** From a consumed record to one to put. */
  @Benchmark
  public Outcome<SinkRecord> sink() {
    return SinkPipeline.apply(ofSink, consumed.get(next++ % RECORDS), Attempts.ONCE);
  }
}

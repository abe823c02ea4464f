package dev.millrace.bench.micro;

import dev.millrace.bench.plugin.Form;
import dev.millrace.formats.json.AcceleratedJson;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.storage.Converter;
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

/** The JSON converters, on the record of all measurements. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 3, time = 2)
@Fork(2)
public class ConverterBenchmark {

  private static final String TOPIC = "t";
  private static final int RECORDS = 1000;

  /** Kafka Connect's converter, or ours before it. */
  @Param({"original", "accelerated"})
  public String converter;

  /** {@code schemas.enable}. */
  @Param({"true", "false"})
  public boolean schemas;

  private final SchemaAndValue[] values = new SchemaAndValue[RECORDS];
  private final byte[][] texts = new byte[RECORDS][];
  private Converter tested;
  private int next;

  /** Makes the converter and what it converts. */
  @Setup
  public void prepare() {
    Map<String, Object> settings = Map.of("schemas.enable", schemas);
    JsonConverter original = new JsonConverter();
    original.configure(settings, false);
    tested =
        converter.equals("original")
            ? original
            : AcceleratedJson.converter(original, settings, false);
    Form form = schemas ? Form.STRUCT : Form.MAP;
    for (int i = 0; i < RECORDS; i++) {
      values[i] = form.value(i);
      texts[i] = tested.fromConnectData(TOPIC, values[i].schema(), values[i].value());
    }
  }

  /** A record to its text. */
  @Benchmark
  public byte[] write() {
    SchemaAndValue value = values[next++ % RECORDS];
    return tested.fromConnectData(TOPIC, value.schema(), value.value());
  }

  /** A text to its record. */
  @Benchmark
  public SchemaAndValue read() {
    return tested.toConnectData(TOPIC, texts[next++ % RECORDS]);
  }
}

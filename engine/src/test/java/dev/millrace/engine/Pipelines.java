package dev.millrace.engine;

import dev.millrace.engine.RecordConverters.Loaded;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.SimpleHeaderConverter;
import org.apache.kafka.connect.storage.StringConverter;
import org.apache.kafka.connect.transforms.Transformation;

/** Pipelines for tests. */
public final class Pipelines {
  private static final ClassLoader LOADER = Pipelines.class.getClassLoader();

  private Pipelines() {}

  /** String converters and these steps. */
  public static <R extends ConnectRecord<R>> RecordPipeline<R> strings(
      List<TransformStep<R>> steps) {
    Converter key = new StringConverter();
    key.configure(Map.of(), true);
    Converter value = new StringConverter();
    value.configure(Map.of(), false);
    SimpleHeaderConverter header = new SimpleHeaderConverter();
    header.configure(Map.of("converter.type", "header"));
    return new RecordPipeline<>(
        steps,
        new RecordConverters(
            new Loaded<>(key, LOADER), new Loaded<>(value, LOADER), new Loaded<>(header, LOADER)));
  }

  /** A transformation that does this. */
  public static <R extends ConnectRecord<R>> TransformStep<R> step(UnaryOperator<R> function) {
    return TransformStep.of("test", new Step<>(function), LOADER);
  }

  private record Step<R extends ConnectRecord<R>>(UnaryOperator<R> function)
      implements Transformation<R> {
    @Override
    public R apply(R record) {
      return function.apply(record);
    }

    @Override
    public ConfigDef config() {
      return new ConfigDef();
    }

    @Override
    public void configure(Map<String, ?> configs) {}

    @Override
    public void close() {}
  }

  /** A pipeline that tells when it is closed. */
  public static RecordPipeline<SourceRecord> closing(Runnable told) {
    return strings(List.of(TransformStep.of("closing", new Closing(told), LOADER)));
  }

  private record Closing(Runnable told) implements Transformation<SourceRecord> {
    @Override
    public SourceRecord apply(SourceRecord record) {
      return record;
    }

    @Override
    public ConfigDef config() {
      return new ConfigDef();
    }

    @Override
    public void configure(Map<String, ?> configs) {}

    @Override
    public void close() {
      told.run();
    }
  }

  /** A dead letter queue whose producer is released after a while, on the calling thread. */
  public static Reporters.Queue queue(
      Supplier<Producer<byte[], byte[]>> producer, TopicCreator topic) {
    return new Reporters.Queue(
        producer, topic, new Upkeep(CommitSettings.DEFAULT, Duration.ofSeconds(1), Runnable::run));
  }

  /** For environments of plugins that ask for no metrics. */
  @SuppressWarnings("DoNotCallSuggester") // called only where a test is wrong
  public static PluginMetrics noMetrics() {
    throw new AssertionError("No plugin here asks for metrics");
  }
}

package dev.millrace.engine;

import dev.millrace.engine.RecordConverters.Loaded;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.SimpleHeaderConverter;
import org.apache.kafka.connect.storage.StringConverter;

/** Pipelines for tests. */
public final class Pipelines {
  private Pipelines() {}

  /** String converters and these steps. */
  public static <R extends ConnectRecord<R>> RecordPipeline<R> strings(
      List<TransformStep<R>> steps) {
    ClassLoader loader = Pipelines.class.getClassLoader();
    Converter key = new StringConverter();
    key.configure(Map.of(), true);
    Converter value = new StringConverter();
    value.configure(Map.of(), false);
    SimpleHeaderConverter header = new SimpleHeaderConverter();
    header.configure(Map.of("converter.type", "header"));
    return new RecordPipeline<>(
        steps,
        new RecordConverters(
            new Loaded<>(key, loader), new Loaded<>(value, loader), new Loaded<>(header, loader)));
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

package dev.millrace.engine;

import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.apache.kafka.connect.connector.ConnectRecord;

/**
 * The plugin objects of one task. The suppliers are called once each, on the work's own thread with
 * the connector's loader as context loader, so that a constructor that hangs or breaks hurts nobody
 * else.
 *
 * @param <T> SourceTask or SinkTask
 * @param <R> SourceRecord or SinkRecord
 * @param task makes the task
 * @param pipeline makes its transformations and converters, configured
 * @param config the task's resolved configuration
 * @param loader the connector's class loader
 */
public record TaskPlugin<T, R extends ConnectRecord<R>>(
    Supplier<T> task,
    Supplier<RecordPipeline<R>> pipeline,
    Map<String, String> config,
    ClassLoader loader) {
  /** Checks that nothing is missing. */
  public TaskPlugin {
    Objects.requireNonNull(task, "task");
    Objects.requireNonNull(pipeline, "pipeline");
    Objects.requireNonNull(config, "config");
    Objects.requireNonNull(loader, "loader");
  }
}

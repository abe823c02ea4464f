package dev.millrace.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.apache.kafka.connect.connector.ConnectRecord;

/**
 * The plugin objects of one task. The suppliers are called on the work's own thread with the
 * connector's loader as context loader, so that a constructor that hangs or breaks hurts nobody
 * else: that of the task once, that of the pipeline once for each lane.
 *
 * @param <T> SourceTask or SinkTask
 * @param <R> SourceRecord or SinkRecord
 * @param task makes the task
 * @param pipeline makes its transformations and converters, configured
 * @param lanes how many pipelines the task has
 * @param config the task's resolved configuration
 * @param loader the connector's class loader
 */
public record TaskPlugin<T, R extends ConnectRecord<R>>(
    Supplier<T> task,
    Supplier<RecordPipeline<R>> pipeline,
    LaneSettings lanes,
    Map<String, String> config,
    ClassLoader loader) {
  /** Checks that nothing is missing. */
  public TaskPlugin {
    Objects.requireNonNull(task, "task");
    Objects.requireNonNull(pipeline, "pipeline");
    Objects.requireNonNull(lanes, "lanes");
    Objects.requireNonNull(config, "config");
    Objects.requireNonNull(loader, "loader");
  }

  /** With one lane. */
  public TaskPlugin(
      Supplier<T> task,
      Supplier<RecordPipeline<R>> pipeline,
      Map<String, String> config,
      ClassLoader loader) {
    this(task, pipeline, LaneSettings.ONE, config, loader);
  }

  /** Makes the pipelines of all lanes; of those made closes all when one cannot be made. */
  public List<RecordPipeline<R>> pipelines() {
    List<RecordPipeline<R>> made = new ArrayList<>();
    try {
      for (int i = 0; i < lanes.count(); i++) {
        made.add(pipeline.get());
      }
      return List.copyOf(made);
    } catch (RuntimeException | Error e) {
      Closer closer = new Closer();
      made.forEach(each -> closer.close(each::close));
      closer.addTo(e);
      throw e;
    }
  }
}

package dev.millrace.engine.sink;

import dev.millrace.engine.ConsumedRecord;
import dev.millrace.engine.ErrorReport;
import dev.millrace.engine.RecordErrors;
import dev.millrace.engine.RecordPipeline;
import dev.millrace.engine.SinkPipeline;
import dev.millrace.engine.TaskName;
import dev.millrace.engine.Waits;
import dev.millrace.model.errors.Stage;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;

/**
 * Takes the records a sink task itself reports as errant (KIP-610; compat: semantics §7), and knows
 * how many reports of each partition are not safe yet. Thread-safe.
 */
final class ErrantRecords implements ErrantRecordReporter {
  private final TaskName name;
  private final RecordErrors errors;
  private final RecordPipeline<SinkRecord> pipeline;
  private final Waits waits;
  private final Map<TopicPartition, AtomicInteger> outstanding = new ConcurrentHashMap<>();

  ErrantRecords(
      TaskName name, RecordErrors errors, RecordPipeline<SinkRecord> pipeline, Waits waits) {
    this.name = name;
    this.errors = errors;
    this.pipeline = pipeline;
    this.waits = waits;
  }

  @Override
  public Future<Void> report(SinkRecord record, Throwable error) {
    ConsumerRecord<byte[], byte[]> origin = origin(record);
    errors.countFailure();
    CompletableFuture<Void> reported =
        errors
            .giveUp(
                new ErrorReport(
                    name, Stage.TASK_PUT, SinkTask.class, error, new ErrorReport.Consumed(origin)))
            .toCompletableFuture();
    AtomicInteger count =
        outstanding.computeIfAbsent(
            new TopicPartition(origin.topic(), origin.partition()), p -> new AtomicInteger());
    count.incrementAndGet();
    return reported.whenComplete(
        (done, failure) -> {
          count.decrementAndGet();
          waits.wake();
        });
  }

  private ConsumerRecord<byte[], byte[]> origin(SinkRecord record) {
    return record instanceof ConsumedRecord consumed
        ? consumed.origin()
        : SinkPipeline.serialize(pipeline, record);
  }

  /** Whether all reports for these partitions are safe. */
  boolean settled(Collection<TopicPartition> partitions) {
    for (TopicPartition partition : partitions) {
      AtomicInteger count = outstanding.get(partition);
      if (count != null && count.get() > 0) {
        return false;
      }
    }
    return true;
  }
}

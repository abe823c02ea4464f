package dev.millrace.worker;

import dev.millrace.worker.metrics.WorkMeter;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Producer;

/**
 * The producer of one source task, lent to its offset store. The task makes and closes it; any
 * thread may ask for it.
 */
final class TaskProducer {

  private final Map<String, Object> settings;
  private final WorkMeter meter;
  private final AtomicReference<Producer<byte[], byte[]>> present = new AtomicReference<>();

  TaskProducer(Map<String, Object> settings, WorkMeter meter) {
    this.settings = settings;
    this.meter = meter;
  }

  /** A new one, which belongs to the caller. */
  Producer<byte[], byte[]> make() {
    var made = KafkaClients.producer(settings, meter);
    present.set(made);
    return made;
  }

  /** The last one made; it may be closed. */
  Producer<byte[], byte[]> present() {
    var last = present.get();
    if (last == null) {
      throw new IllegalStateException("The task has sent no record yet, so it has no producer");
    }
    return last;
  }
}

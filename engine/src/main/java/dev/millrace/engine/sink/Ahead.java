package dev.millrace.engine.sink;

import dev.millrace.engine.TaskName;
import dev.millrace.engine.Waits;
import dev.millrace.engine.sink.Conversion.Converted;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The batch behind the one that is put: polled already, and converted beside the task's thread
 * meanwhile (decision 0121). There is at most one, and nothing of it counts as read before it is
 * {@link #take taken}. Owned by the work's thread.
 */
final class Ahead {
  private static final Logger LOG = LoggerFactory.getLogger(Ahead.class);
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final TaskName name;
  private final Conversion conversion;
  private final PutOverlap overlap;
  private final Waits waits;

  /** Null while there is none. */
  private Job job;

  Ahead(SinkSetup setup, Conversion conversion) {
    this.name = setup.name();
    this.conversion = conversion;
    this.overlap = setup.input().overlap();
    this.waits = setup.environment().waits();
  }

  private enum State {
    WAITING,
    RUNNING,
    DONE
  }

  /** One conversion, by whichever thread is first. */
  private final class Job {
    private final ConsumerRecords<byte[], byte[]> polled;
    private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
    private final Set<TopicPartition> gone = new HashSet<>();
    private volatile boolean unwanted;
    private volatile Converted converted;

    /** What ended the conversion, or null: the other thread may have no memory, for instance. */
    private volatile Throwable error;

    Job(ConsumerRecords<byte[], byte[]> polled) {
      this.polled = polled;
    }

    void run() {
      if (!unwanted && state.compareAndSet(State.WAITING, State.RUNNING)) {
        try {
          converted = conversion.convert(polled, () -> unwanted);
        } catch (RuntimeException | Error e) {
          error = e;
        } finally {
          state.set(State.DONE);
          waits.wake();
        }
      }
    }

    Converted result() {
      if (error instanceof Error fatal) {
        throw fatal;
      }
      if (error instanceof RuntimeException exception) {
        throw exception;
      }
      return converted;
    }

    /** The helper's only one. */
    boolean step() {
      run();
      return false;
    }

    boolean done() {
      return state.get() == State.DONE;
    }
  }

  /** Whether there is a batch ahead. */
  boolean present() {
    return job != null;
  }

  /** Has this converted, as the batch behind the present one. */
  void begin(ConsumerRecords<byte[], byte[]> polled) {
    job = new Job(polled);
    try {
      overlap.helper().help(job::step);
    } catch (RejectedExecutionException e) {
      LOG.debug("{} converts by its own thread", name, e);
    }
  }

  /**
   * Waits until it is converted; it is not ahead any more. Records that were dropped are out.
   * Throws what ended the conversion.
   */
  Converted take() {
    Job taken = job;
    job = null;
    taken.run();
    while (!taken.done()) {
      boolean unused = waits.await(taken::done, LOOK);
    }
    Converted result = taken.result();
    result.parts().removeIf(part -> taken.gone.contains(part.origin()));
    return result;
  }

  /** Records of these partitions are not wanted any more. */
  void drop(Collection<TopicPartition> partitions) {
    if (job != null) {
      job.gone.addAll(partitions);
      if (job.gone.containsAll(job.polled.partitions())) {
        drop();
      }
    }
  }

  /** Nothing of it is wanted any more. What is being converted ends with the present record. */
  void drop() {
    if (job != null) {
      job.unwanted = true;
      job = null;
      waits.wake();
    }
  }

  /** Drops the records of such partitions; says from where they are to be read again. */
  Map<TopicPartition, Long> giveBack(Predicate<TopicPartition> which) {
    Map<TopicPartition, Long> positions = new HashMap<>();
    for (TopicPartition partition : job.polled.partitions()) {
      if (!job.gone.contains(partition) && which.test(partition)) {
        positions.put(partition, job.polled.records(partition).getFirst().offset());
      }
    }
    drop(positions.keySet());
    return positions;
  }
}

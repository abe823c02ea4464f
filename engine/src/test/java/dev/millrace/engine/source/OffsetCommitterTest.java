package dev.millrace.engine.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.offsets.OffsetEntry;
import dev.millrace.model.offsets.OffsetStore;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.InvalidRecordException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The last commit of a task, and others beside it. */
class OffsetCommitterTest {
  private final SourceRig rig = new SourceRig();

  /** Polls one more record and stops. */
  private final Thread task = new Thread(() -> rig.poll(SourceRig.record(0, 2)).stop(), "task");

  /** Lets the task go on to its end, or until it waits, before the first write is in the store. */
  private final class Slow implements OffsetStore {
    private final OffsetStore store;
    private final AtomicBoolean first = new AtomicBoolean(true);

    Slow(OffsetStore store) {
      this.store = store;
    }

    @Override
    public CompletionStage<Void> write(
        String connector, Map<? extends Map<String, ?>, ? extends Map<String, ?>> offsets) {
      if (first.getAndSet(false)) {
        task.start();
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
        while (task.isAlive() && task.getState() != Thread.State.WAITING) {
          assertThat(System.nanoTime()).isLessThan(end);
          Thread.onSpinWait();
        }
      }
      return store.write(connector, offsets);
    }

    @Override
    public CompletionStage<Map<Map<String, Object>, Map<String, Object>>> read(
        String connector, Collection<Map<String, Object>> partitions) {
      return store.read(connector, partitions);
    }

    @Override
    public OffsetEntry encode(String connector, Map<String, ?> partition, Map<String, ?> offset) {
      return store.encode(connector, partition, offset);
    }

    @Override
    public String topic() {
      return store.topic();
    }
  }

  @Test
  @DisplayName("§4.16 a commit that the timer has begun does not take back the last one")
  void commitsKeepTheirOrder() throws Exception {
    rig.offsetStore = Slow::new;
    rig.start().poll(SourceRig.record(0, 1));
    rig.process.landAll();
    rig.commit();
    task.join(180_000);
    assertThat(task.isAlive()).isFalse();
    rig.process.landAll();
    assertThat(rig.offsets()).isEqualTo(Map.of("0", 2L));
  }

  @Test
  @DisplayName("§3.11 §4.16 what breaks in the last commit is told")
  void errorsOfTheLastCommitAreTold() {
    rig.process.landing = false;
    rig.start().poll(SourceRig.record(0, 1));
    rig.onCommitRecord =
        () -> {
          throw new LinkageError("broken");
        };
    rig.process.landing = true;
    rig.stop();
    assertThat(rig.listener.late).hasSize(1);
    assertThat(rig.listener.late.getFirst()).isInstanceOf(LinkageError.class);
    assertThat(rig.listener.reports).containsExactly("started", "stopped");
  }

  @Test
  @DisplayName("§4.9 §4.16 a record that Kafka refuses after the stop is told of")
  void recordsRefusedAtTheEndAreTold() {
    rig.process.landing = false;
    rig.start().poll(SourceRig.record(0, 1));
    rig.process.producers().getFirst().refuse(r -> true, new InvalidRecordException("not this"));
    rig.process.landing = true;
    rig.stop();
    assertThat(rig.listener.late).hasSize(1);
    assertThat(rig.listener.late.getFirst()).hasRootCauseMessage("not this");
    assertThat(rig.offsets()).isEmpty();
  }
}

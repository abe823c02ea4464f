package dev.millrace.engine.sink;

import static dev.millrace.engine.sink.SinkBench.P0;
import static dev.millrace.engine.sink.SinkBench.P1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testkit.SimulatedConsumer;
import dev.millrace.testkit.SimulatedGroup.Protocol;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Partitions come and go. */
class SinkRebalanceTest {
  private static final ConsumerRebalanceListener SILENT =
      new ConsumerRebalanceListener() {
        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {}

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {}
      };

  private static void join(SinkBench bench, SimulatedConsumer other, int partitions) {
    bench.until(
        () -> {
          other.poll(Duration.ZERO);
          return other.assignment().size() == partitions
              && bench.consumer.assignment().size() == 2 - partitions;
        });
  }

  @Test
  @DisplayName("§6.14 §6.15 Eager: all is committed and closed, and what is kept is opened again")
  void eagerRebalance() {
    SinkBench bench = new SinkBench(Protocol.EAGER);
    bench.send(P0, "a").send(P1, "b").begin();
    join(bench, bench.other(SILENT), 1);
    assertThat(bench.task.life())
        .startsWith("initialize", "start", "open [in-0, in-1]", "close [in-0, in-1]")
        .last()
        .isEqualTo("open [in-0]");
    assertThat(bench.group.committed()).isEqualTo(Map.of(P0, 1L, P1, 1L));
  }

  @Test
  @DisplayName("§6.14 §6.15 Cooperative: only what moves is committed, closed and opened")
  void cooperativeRebalance() {
    SinkBench bench = new SinkBench(Protocol.COOPERATIVE);
    bench.send(P0, "a").send(P1, "b").begin();
    SimulatedConsumer other = bench.other(SILENT);
    join(bench, other, 1);
    assertThat(bench.task.life())
        .containsExactly("initialize", "start", "open [in-0, in-1]", "close [in-1]");
    assertThat(bench.group.committed()).containsOnlyKeys(P1);
    other.close();
    bench.until(() -> bench.consumer.assignment().size() == 2);
    assertThat(bench.task.life()).last().isEqualTo("open [in-1]");
    bench.group.rebalance();
    int calls = bench.task.life().size();
    bench.steps(4);
    assertThat(bench.task.life()).as("nothing is opened or closed for nothing").hasSize(calls);
  }

  @Test
  @DisplayName("§3.7 A stop that comes during a rebalance ends the poll it happens in")
  void aStopIsNotLostInARebalance() {
    SinkBench bench = new SinkBench();
    List<Duration> waits = new ArrayList<>();
    bench.send(P0, "a").begin();
    bench.task.onPreCommit =
        offsets -> {
          bench.consumer.faults().waits(waits::add);
          bench.runner.stop();
          return offsets;
        };
    bench.group.rebalance();
    while (bench.runner.step()) {
      bench.waits.advance(1);
    }
    assertThat(waits).isEmpty();
    assertThat(bench.group.committed()).containsEntry(P0, 1L);
  }

  @Test
  @DisplayName("§6.14 Offsets asked for in open are where reading begins")
  void beginsWhereOpenWants() {
    SinkBench bench = new SinkBench();
    bench.task.onOpen = partitions -> bench.task.context().offset(new HashMap<>(Map.of(P0, 2L)));
    bench.send(P0, "a", "b", "c").begin();
    assertThat(bench.task.values).containsExactly("c");
  }

  @Test
  @DisplayName("§6.15 Records of a revoked partition that wait for another put are dropped")
  void dropsTheBatchOfRevokedPartitions() {
    SinkBench bench = new SinkBench(Protocol.COOPERATIVE);
    boolean[] refuse = {true};
    bench.task.onPut =
        batch -> {
          if (refuse[0] && !batch.isEmpty()) {
            bench.task.context().timeout(20);
            throw new RetriableException("not now");
          }
        };
    bench.send(P0, "a").send(P1, "b").begin();
    join(bench, bench.other(SILENT), 1);
    refuse[0] = false;
    bench.until(() -> !bench.task.values.isEmpty());
    assertThat(bench.task.values).containsExactly("a");
    assertThat(bench.group.committed()).doesNotContainEntry(P1, 1L);
  }

  @Test
  @DisplayName("§6.15 Partitions are closed also when preCommit fails")
  void closesAlsoAfterAFailedPreparation() {
    SinkBench bench = new SinkBench();
    bench.task.onPreCommit =
        offsets -> {
          throw new IllegalStateException("cannot flush");
        };
    bench.send(P0, "a").begin();
    join(bench, bench.other(SILENT), 1);
    assertThat(bench.task.life()).contains("close [in-0, in-1]");
    assertThat(bench.group.committed()).isEmpty();
  }

  @Test
  @DisplayName("§6.16 Lost partitions are closed without a commit")
  void closesLostPartitions() {
    SinkBench bench = new SinkBench();
    bench.send(P0, "a").begin();
    bench.group.expelAll();
    bench.steps(3);
    assertThat(bench.task.calls).noneMatch(call -> call.startsWith("preCommit"));
    assertThat(bench.task.life())
        .endsWith("open [in-0, in-1]", "close [in-0, in-1]", "open [in-0, in-1]");
    assertThat(bench.task.values).containsExactly("a", "a");
  }

  @Test
  @DisplayName("§6.17 What open throws fails the task after the poll")
  void failsByOpen() {
    SinkBench bench = new SinkBench();
    bench.task.onOpen =
        partitions -> {
          throw new ConnectException("cannot open");
        };
    bench.make();
    assertThat(bench.failure()).hasMessage("cannot open");
    assertThat(bench.task.calls).doesNotContain("put 0").contains("close [in-0, in-1]", "stop");
  }

  @Test
  @DisplayName("§6.17 What close throws fails the task, and nothing is opened after it")
  void failsByClose() {
    SinkBench bench = new SinkBench();
    bench.begin();
    bench.task.onClose =
        partitions -> {
          throw new ConnectException("cannot close");
        };
    bench.group.rebalance();
    assertThat(bench.failure()).hasMessage("cannot close");
    assertThat(bench.task.life().stream().filter(call -> call.startsWith("open"))).hasSize(1);
  }

  @Test
  @DisplayName("§6.19 The task's pauses outlive a rebalance")
  void keepsPausesOverARebalance() {
    for (Protocol protocol : Protocol.values()) {
      SinkBench bench = new SinkBench(protocol);
      boolean[] first = {true};
      bench.task.onOpen =
          partitions -> {
            if (first[0]) {
              bench.task.context().pause(P0);
              first[0] = false;
            }
          };
      bench.begin();
      bench.group.rebalance();
      bench.send(P0, "a").send(P1, "b").steps(5);
      assertThat(bench.consumer.paused()).containsExactly(P0);
      assertThat(bench.task.values).containsExactly("b");
      assertThat(bench.group.generation()).isGreaterThan(1);
    }
  }

  @Test
  @DisplayName("§6.1 topics.regex also takes topics that come later")
  void takesNewTopics() {
    SinkBench bench = new SinkBench();
    bench.topics = new Topics.Matching(java.util.regex.Pattern.compile("in|later.*"));
    List<String> atStart = new java.util.ArrayList<>();
    bench.task.onStart = () -> atStart.addAll(bench.task.calls);
    bench.begin();
    assertThat(atStart).containsExactly("initialize", "start");
    bench.group.create("later-1", 1);
    bench.send(new TopicPartition("later-1", 0), "x");
    bench.until(() -> bench.task.values.contains("x"));
  }
}

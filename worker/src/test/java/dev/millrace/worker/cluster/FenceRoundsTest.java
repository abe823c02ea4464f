package dev.millrace.worker.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.ClusterState;
import dev.millrace.model.Command;
import dev.millrace.model.Fact;
import dev.millrace.model.control.Event;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class FenceRoundsTest {

  private static final Map<String, String> TASK = Map.of("task.class", "T");
  private static final ClusterState THREE =
      ClusterState.EMPTY
          .apply(0, new Fact.Configured("c", Map.of()))
          .apply(1, new Fact.TasksComputed("c", List.of(TASK, TASK, TASK)))
          .apply(2, new Fact.Fenced("c", 3));
  private static final ClusterState TWO =
      THREE.apply(3, new Fact.TasksComputed("c", List.of(TASK, TASK)));

  private final AtomicInteger fenced = new AtomicInteger();
  private final BlockingQueue<Event> asked = new LinkedBlockingQueue<>();

  /** As tasks do, asks again until the record is asked for. */
  private void ask(FenceRounds rounds, long generation, ClusterState state) throws Exception {
    var record = new Command.RecordFencing("c", generation);
    asked.clear();
    rounds.look(state, true);
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
    Event last = null;
    while (!new Event.Asked(0, record).equals(last)) {
      assertThat(System.nanoTime()).as("in time").isLessThan(end);
      rounds.begin(record, asked::add);
      last = asked.poll(10, TimeUnit.MILLISECONDS);
    }
  }

  /** Several tasks ask; the record takes its time; and the first of the new set begin with it. */
  @Test
  void aSetIsFencedForOnceHoweverOftenItIsAskedFor() throws Exception {
    var rounds = new FenceRounds((name, connector, tasks) -> fenced.addAndGet(tasks));
    for (int i = 0; i < 3; i++) ask(rounds, 3, TWO);
    assertThat(fenced).hasValue(3);

    var recorded = TWO.apply(4, new Fact.Fenced("c", 2));
    var one = recorded.apply(5, new Fact.TasksComputed("c", List.of(TASK)));
    ask(rounds, 5, one);
    assertThat(fenced).as("those of the next set").hasValue(3 + 2);
  }

  /** As one that has come to lead, and has not read what its predecessor recorded last. */
  @Test
  void whoDoesNotKnowAllThatWasDecidedFencesNobody() throws Exception {
    var rounds = new FenceRounds((name, connector, tasks) -> fenced.addAndGet(tasks));
    var record = new Command.RecordFencing("c", 3);
    rounds.begin(record, asked::add);
    rounds.look(TWO, false);
    rounds.begin(record, asked::add);
    var recorded = TWO.apply(4, new Fact.Fenced("c", 2));
    rounds.look(recorded, true);
    rounds.begin(record, asked::add);
    ask(rounds, 5, recorded.apply(5, new Fact.TasksComputed("c", List.of(TASK))));
    assertThat(fenced).as("only those of the set before the newest").hasValue(2);
  }

  @Test
  void aRoundThatFailsIsRepeated() throws Exception {
    var rounds =
        new FenceRounds(
            (name, connector, tasks) -> {
              if (fenced.incrementAndGet() == 1) throw new IllegalStateException("Kafka is away");
            });
    ask(rounds, 3, TWO);
    assertThat(fenced).hasValue(2);
  }
}

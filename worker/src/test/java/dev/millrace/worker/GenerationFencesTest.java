package dev.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.worker.GenerationFences.Membership;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** When tasks of a new set may begin. */
class GenerationFencesTest {

  private final GenerationFences fences = new GenerationFences(Duration.ofMillis(1));
  private final List<Integer> fenced = new CopyOnWriteArrayList<>();

  private Runnable enter(long generation, int tasks) {
    return fences.enter(new Membership("c", generation, tasks), fenced::add);
  }

  /** A task of the second set does not begin, since fencing the first one went wrong like this. */
  private void fails(String message, IntConsumer fence) {
    assertThatThrownBy(() -> fences.enter(new Membership("c", 2, 5), fence))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining(message);
  }

  @Test
  @DisplayName("§14.17 All tasks of the earlier set are fenced once, before the first of a new one")
  void theEarlierSetIsFencedOnce() {
    enter(1, 3);
    enter(1, 3);
    assertThat(fenced).isEmpty();
    enter(2, 2);
    enter(2, 2);
    assertThat(fenced).containsExactly(3);
    enter(3, 4);
    assertThat(fenced).containsExactly(3, 2);
  }

  @Test
  @DisplayName("§14.17 A lone task that follows a lone task fences it itself")
  void aLoneTaskFencesItsPredecessorItself() {
    enter(1, 1);
    enter(2, 1);
    assertThat(fenced).isEmpty();
    enter(3, 2);
    assertThat(fenced).containsExactly(1);
  }

  @Test
  @DisplayName("§14.17 A task of an earlier set does not begin any more")
  void aTaskOfAnEarlierSetDoesNotBegin() {
    enter(2, 1);
    assertThatThrownBy(() -> enter(1, 1))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("'c'")
        .hasMessageContaining("newer task configurations");
  }

  @Test
  @DisplayName(
      "§14.17 A fencing that failed is done again by the next task, for all ids there were")
  void aFailedFencingIsDoneAgain() {
    enter(1, 3);
    fails(
        "Kafka is away",
        count -> {
          throw new ConnectException("Kafka is away");
        });
    enter(2, 5);
    assertThat(fenced).containsExactly(5);
    enter(2, 5);
    assertThat(fenced).containsExactly(5);
  }

  @Test
  @DisplayName("§14.17 So is one that ended with an error of the client's plugins")
  void aFencingThatThrewAnErrorIsDoneAgain() {
    enter(1, 3);
    fails(
        "of a login callback",
        count -> {
          throw new NoClassDefFoundError("of a login callback");
        });
    assertThat(CompletableFuture.runAsync(() -> enter(2, 5))).succeedsWithin(Duration.ofMinutes(1));
    assertThat(fenced).containsExactly(5);
  }

  @Test
  @DisplayName("§14.17 Tasks of the earlier set may end before they are fenced")
  void earlierTasksMayEndFirst() throws Exception {
    var patient = new GenerationFences(Duration.ofMinutes(5));
    Runnable first = patient.enter(new Membership("c", 1, 2), fenced::add);
    Runnable second = patient.enter(new Membership("c", 1, 2), fenced::add);
    first.run();
    var entered =
        CompletableFuture.supplyAsync(() -> patient.enter(new Membership("c", 2, 2), fenced::add));
    assertThat(fenced).isEmpty();
    second.run();
    entered.get(3, TimeUnit.MINUTES).run();
    assertThat(fenced).containsExactly(2);
  }
}

package dev.millrace.engine.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.engine.source.InFlight.Ticket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** InFlight against a naive model: lists of all records ever sent, with a mark on each. */
class InFlightTest {
  private static final class Sent {
    private final Ticket<Integer, Integer> ticket;
    private final int offset;
    private boolean acked;

    private Sent(Ticket<Integer, Integer> ticket, int offset) {
      this.ticket = ticket;
      this.offset = offset;
    }
  }

  @Property(tries = 500)
  void committableIsTheLongestAckedPrefixOfEachPartition(@ForAll long seed) {
    Random random = new Random(seed);
    InFlight<Integer, Integer> inFlight = new InFlight<>(50);
    Map<Integer, List<Sent>> model = new HashMap<>();
    Map<Integer, Integer> taken = new HashMap<>();
    for (int i = 0; i < 300; i++) {
      int partition = random.nextInt(3);
      List<Sent> sent = model.computeIfAbsent(partition, p -> new ArrayList<>());
      switch (random.nextInt(5)) {
        case 0, 1 -> {
          if (!inFlight.full()) {
            sent.add(new Sent(sent(inFlight, partition, i), i));
          }
        }
        case 2, 3 -> ack(inFlight, sent, random);
        default -> withdrawLast(inFlight, sent);
      }
      inFlight.batchOver(Set.of());
      taken.putAll(inFlight.takeCommittable());
      assertThat(taken).isEqualTo(committable(model));
      assertThat(inFlight.size()).isEqualTo(held(model));
    }
  }

  private static <P> Ticket<P, Integer> sent(
      InFlight<P, Integer> inFlight, P partition, int offset) {
    Ticket<P, Integer> ticket = Ticket.toSend(partition, offset, 10);
    inFlight.add(ticket);
    return ticket;
  }

  private static <P> Ticket<P, Integer> held(
      InFlight<P, Integer> inFlight, P partition, int offset) {
    Ticket<P, Integer> ticket = Ticket.toHold(partition, offset);
    inFlight.add(ticket);
    return ticket;
  }

  private static void ack(InFlight<Integer, Integer> inFlight, List<Sent> sent, Random random) {
    if (!sent.isEmpty()) {
      Sent one = sent.get(random.nextInt(sent.size()));
      one.acked = true;
      inFlight.acked(one.ticket);
    }
  }

  private static void withdrawLast(InFlight<Integer, Integer> inFlight, List<Sent> sent) {
    if (!sent.isEmpty() && !sent.getLast().acked) {
      inFlight.withdraw(sent.removeLast().ticket);
    }
  }

  private static Map<Integer, Integer> committable(Map<Integer, List<Sent>> model) {
    Map<Integer, Integer> result = new HashMap<>();
    model.forEach(
        (partition, sent) ->
            sent.stream()
                .takeWhile(each -> each.acked)
                .forEach(each -> result.put(partition, each.offset)));
    return result;
  }

  private static int held(Map<Integer, List<Sent>> model) {
    return model.values().stream()
        .mapToInt(sent -> (int) sent.stream().dropWhile(each -> each.acked).count())
        .sum();
  }

  @Test
  void refusesMoreThanItsBound() {
    InFlight<String, Integer> inFlight = new InFlight<>(1);
    sent(inFlight, "a", 1);
    assertThat(inFlight.full()).isTrue();
    assertThatThrownBy(() -> sent(inFlight, "b", 1)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void anOffsetThatRecordsShareIsSafeWithTheLastOfThem() {
    InFlight<String, Integer> inFlight = new InFlight<>(10);
    inFlight.acked(sent(inFlight, "p", 1));
    assertThat(inFlight.takeCommittable()).isEmpty();
    Ticket<String, Integer> first = sent(inFlight, "p", 2);
    assertThat(inFlight.takeCommittable()).containsEntry("p", 1);
    inFlight.acked(first);
    Ticket<String, Integer> last = sent(inFlight, "p", 2);
    inFlight.batchOver(Set.of());
    assertThat(inFlight.takeCommittable()).isEmpty();
    inFlight.acked(last);
    assertThat(inFlight.takeCommittable()).containsEntry("p", 2);
  }

  @Test
  void anOffsetSharedWithAnUnsentRecordIsNotSafe() {
    InFlight<String, Integer> inFlight = new InFlight<>(10);
    Ticket<String, Integer> early = sent(inFlight, "p", 1);
    Ticket<String, Integer> late = sent(inFlight, "q", 1);
    inFlight.acked(sent(inFlight, "r", 2));
    inFlight.acked(early);
    inFlight.batchOver(Set.of(1));
    inFlight.acked(late);
    assertThat(inFlight.takeCommittable()).isEqualTo(Map.of("r", 2));
  }

  @Test
  void aHeldRecordHoldsBackLaterOffsetsAndLeavesNoneItself() {
    InFlight<String, Integer> inFlight = new InFlight<>(10);
    Ticket<String, Integer> held = held(inFlight, "p", 1);
    inFlight.acked(sent(inFlight, "p", 2));
    inFlight.batchOver(Set.of());
    assertThat(inFlight.takeCommittable()).isEmpty();
    inFlight.acked(held);
    assertThat(inFlight.takeCommittable()).containsEntry("p", 2);
    inFlight.acked(held(inFlight, "p", 3));
    inFlight.batchOver(Set.of());
    assertThat(inFlight.takeCommittable()).isEmpty();
  }

  @Test
  void anOffsetSharedWithAHeldRecordIsSafeWithTheLaterOfThem() {
    InFlight<String, Integer> inFlight = new InFlight<>(10);
    Ticket<String, Integer> sent = sent(inFlight, "p", 1);
    Ticket<String, Integer> held = held(inFlight, "p", 1);
    inFlight.acked(sent);
    inFlight.batchOver(Set.of());
    assertThat(inFlight.takeCommittable()).isEmpty();
    inFlight.acked(held);
    assertThat(inFlight.takeCommittable()).containsEntry("p", 1);
    inFlight.acked(sent(inFlight, "q", 1));
    Ticket<String, Integer> late = held(inFlight, "q", 1);
    inFlight.batchOver(Set.of());
    assertThat(inFlight.takeCommittable()).isEmpty();
    inFlight.acked(late);
    assertThat(inFlight.takeCommittable()).containsEntry("q", 1);
  }

  @Test
  void theSameOffsetInEveryBatchHoldsNothingBack() {
    InFlight<String, Integer> inFlight = new InFlight<>(10);
    Ticket<String, Integer> one = sent(inFlight, "p", 1);
    inFlight.batchOver(Set.of());
    sent(inFlight, "p", 1);
    inFlight.acked(one);
    assertThat(inFlight.takeCommittable()).containsEntry("p", 1);
  }

  @Test
  void anAnswerMayComeBeforeItsRecordIsAdded() {
    InFlight<String, Integer> inFlight = new InFlight<>(10);
    Ticket<String, Integer> first = Ticket.toSend("p", 1, 10);
    Ticket<String, Integer> second = Ticket.toSend("p", 2, 10);
    inFlight.acked(second);
    inFlight.add(first);
    inFlight.add(second);
    inFlight.batchOver(Set.of());
    assertThat(inFlight.takeCommittable()).as("behind the first").isEmpty();
    assertThat(inFlight.bytes()).isEqualTo(10);
    inFlight.acked(first);
    assertThat(inFlight.takeCommittable()).isEqualTo(Map.of("p", 2));
    assertThat(inFlight.size()).isZero();
  }

  @Test
  void bytesAreThoseWithoutAnAnswer() {
    InFlight<String, Integer> inFlight = new InFlight<>(10);
    Ticket<String, Integer> first = sent(inFlight, "p", 1);
    Ticket<String, Integer> second = sent(inFlight, "p", 2);
    held(inFlight, "q", 1);
    assertThat(inFlight.bytes()).isEqualTo(20);
    inFlight.acked(second);
    inFlight.acked(second);
    assertThat(inFlight.bytes()).as("held back, but Kafka has it").isEqualTo(10);
    inFlight.withdraw(first);
    assertThat(inFlight.bytes()).isZero();
  }
}

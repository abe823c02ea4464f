package dev.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.ConditionWaits;
import dev.millrace.engine.Counters;
import dev.millrace.model.WorkId;
import dev.millrace.worker.events.EventLog;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.example.stalls.Hanging;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which threads are inside plugin code for too long. Time is virtual, threads are real. */
@Timeout(300)
class StallWatchTest {

  private static final WorkId TASK = new WorkId("c", 0);
  private static final long BEGAN = -50;
  private static final Instant DATE = Instant.ofEpochMilli(1_000_000);

  private final AtomicLong nowMs = new AtomicLong(BEGAN);
  private final AtomicReference<Instant> calendar = new AtomicReference<>(DATE);
  private final ConditionWaits clocks =
      new ConditionWaits(() -> TimeUnit.MILLISECONDS.toNanos(nowMs.get()), calendar::get);
  private final EventLog events = new EventLog(calendar::get);
  private final StatusBoard board = new StatusBoard(events);
  private final StallWatch watch = new StallWatch(Duration.ofMinutes(5), clocks, board);
  private final Hanging plugin = new Hanging();

  @AfterEach
  void letGo() {
    plugin.open();
  }

  /** A thread that has got to the state it stays in. */
  private static Thread in(Runnable what) throws InterruptedException {
    var thread = Thread.ofPlatform().daemon().start(() -> what.run());
    while (thread.getState() != Thread.State.TIMED_WAITING) Thread.onSpinWait();
    return thread;
  }

  private void passes(Duration time) {
    nowMs.addAndGet(time.toMillis());
    calendar.updateAndGet(before -> before.plus(time));
  }

  private List<String> told() {
    return events.newest(100, e -> true).stream().map(EventLog.Event::what).toList();
  }

  @Test
  void tellsOnceOfACallThatDoesNotReturnAndWhenItHas() throws Exception {
    var thread = in(plugin::poll);
    passes(Duration.ofMinutes(5).minusMillis(1));
    watch.look(TASK, List.of(thread), BEGAN);
    assertThat(board.stall(TASK)).isEmpty();

    passes(Duration.ofMillis(1));
    watch.look(TASK, List.of(thread), BEGAN);
    watch.look(TASK, List.of(thread), BEGAN);

    var stall = board.stall(TASK).orElseThrow();
    assertThat(stall.method()).isEqualTo("org.example.stalls.Hanging.poll");
    assertThat(stall.since()).isEqualTo(DATE);
    assertThat(stall.stack()).contains("Hanging.poll(Hanging.java:");
    assertThat(board.stalls()).isEqualTo(1);
    assertThat(told()).containsExactly("STALLED");
    assertThat(events.newest(1, e -> true).getFirst().reason())
        .startsWith("in org.example.stalls.Hanging.poll since 1970-01-01T00:16:40Z\n\tat ");

    watch.look(TASK, List.of(thread), nowMs.get());
    assertThat(board.stall(TASK)).as("the next call has begun").isEmpty();
    assertThat(told()).containsExactly("STALLED", "STALL_OVER");
  }

  @Test
  void waitsOfOurOwnAreNoStall() throws Exception {
    var waits = new ConditionWaits(System::nanoTime, Clock.systemUTC());
    var thread = in(() -> waits.await(() -> false, Duration.ofMinutes(1)));
    passes(Duration.ofHours(1));

    watch.look(TASK, List.of(thread), BEGAN);

    assertThat(board.stall(TASK)).isEmpty();
    assertThat(told()).isEmpty();
    thread.interrupt();
  }

  @Test
  void aThreadThatHelpsIsLookedAtToo() throws Exception {
    var waits = new ConditionWaits(System::nanoTime, Clock.systemUTC());
    var waiting = in(() -> waits.await(() -> false, Duration.ofMinutes(1)));
    var helping = in(plugin::poll);
    passes(Duration.ofMinutes(5));

    watch.look(TASK, List.of(waiting, helping), BEGAN);

    assertThat(board.stall(TASK).orElseThrow().method())
        .isEqualTo("org.example.stalls.Hanging.poll");
    waiting.interrupt();
  }

  @Test
  void aCalendarThatIsSetMakesNoStallAndHidesNone() throws Exception {
    var thread = in(plugin::poll);
    calendar.set(DATE.plus(Duration.ofDays(1)));
    watch.look(TASK, List.of(thread), BEGAN);
    assertThat(board.stall(TASK)).as("the call has just begun").isEmpty();

    passes(Duration.ofMinutes(5));
    calendar.set(DATE.minus(Duration.ofDays(1)));
    watch.look(TASK, List.of(thread), BEGAN);
    var first = board.stall(TASK).orElseThrow();
    calendar.set(DATE);
    watch.look(TASK, List.of(thread), BEGAN);
    assertThat(board.stall(TASK).orElseThrow().since()).isEqualTo(first.since());
    assertThat(told()).containsExactly("STALLED");
  }

  @Test
  void aLimitOfZeroFindsNothing() throws Exception {
    var thread = in(plugin::poll);
    passes(Duration.ofDays(1));

    new StallWatch(Duration.ZERO, clocks, board).look(TASK, List.of(thread), BEGAN);

    assertThat(board.stall(TASK)).isEmpty();
  }

  @Test
  void whatEndsOrDoesNothingIsOver() throws Exception {
    var thread = in(plugin::poll);
    passes(Duration.ofHours(1));
    watch.look(TASK, List.of(thread), BEGAN);
    watch.over(TASK);
    assertThat(board.stalls()).isZero();

    watch.look(TASK, List.of(thread), BEGAN);
    watch.look(TASK, List.of(thread), Counters.NO_TURN);
    assertThat(board.stalls()).isZero();
  }

  /** It is counted among the threads that were left behind. */
  @Test
  void whatWasAbandonedIsNoStallAnyMore() throws Exception {
    var other = new WorkId("c", 1);
    var thread = in(plugin::poll);
    passes(Duration.ofHours(1));
    watch.look(TASK, List.of(thread), BEGAN);
    watch.look(other, List.of(thread), BEGAN);

    watch.keepOnly(Set.of(other));

    assertThat(board.stall(TASK)).isEmpty();
    assertThat(board.stalls()).isEqualTo(1);
    assertThat(told()).containsExactly("STALLED", "STALLED", "STALL_OVER");
  }
}

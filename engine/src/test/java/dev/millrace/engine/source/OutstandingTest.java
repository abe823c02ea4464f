package dev.millrace.engine.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.engine.ConditionWaits;
import dev.millrace.engine.PartitionKey;
import dev.millrace.engine.VirtualWaits;
import dev.millrace.engine.Waits;
import dev.millrace.engine.source.InFlight.Ticket;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Records that are registered by one thread and answered by others. */
class OutstandingTest {
  private static final int RECORDS = 400_000;
  private static final int ROOM = 10_000;
  private static final int PARTITIONS = 3;
  private static final int BATCH = 700;

  /** As many are registered before it is looked whether there is room for more. */
  private static final long BYTES_MORE = 42_768;

  private static final Duration LONG = Duration.ofMinutes(3);

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Waits waits = new ConditionWaits(System::nanoTime, Clock.systemUTC());
  private final Outstanding outstanding = new Outstanding(waits, Long.MAX_VALUE);
  private final LinkedBlockingQueue<Ticket<PartitionKey, Position>> onTheirWay =
      new LinkedBlockingQueue<>();

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  private static SourceRecord record(int number) {
    return new SourceRecord(
        Map.of("p", number % PARTITIONS), Map.of("o", number), "t", null, null, null, "value");
  }

  private Ticket<PartitionKey, Position> registered(SourceRecord record) {
    Ticket<PartitionKey, Position> one = outstanding.register(record, 1);
    while (one == null) {
      outstanding.awaitRoom(() -> false);
      one = outstanding.register(record, 1);
    }
    return one;
  }

  private boolean answer() throws InterruptedException {
    for (int i = 0; i < RECORDS / 2; i++) {
      Ticket<PartitionKey, Position> sent = onTheirWay.poll(LONG.toSeconds(), TimeUnit.SECONDS);
      if (sent == null) {
        return false;
      }
      if (outstanding.done(sent)) {
        waits.wake();
      }
    }
    return true;
  }

  @Test
  void answersOfOtherThreadsAllCountAndWakeWhoWaits() throws Exception {
    int first = 0;
    Ticket<PartitionKey, Position> fits = outstanding.register(record(first), 1);
    while (fits != null) {
      onTheirWay.add(fits);
      first++;
      fits = outstanding.register(record(first), 1);
    }
    assertThat(first).as("the bound").isBetween(ROOM, ROOM + Outstanding.AT_ONCE);
    var one = threads.submit(this::answer);
    var other = threads.submit(this::answer);
    for (int i = first; i < RECORDS; i++) {
      onTheirWay.add(registered(record(i)));
      if (i % BATCH == 0) {
        outstanding.batchOver(Set.of());
      }
    }
    outstanding.batchOver(Set.of());
    assertThat(outstanding.awaitLast(() -> false, LONG)).as("all are answered").isTrue();
    assertThat(one.get(3, TimeUnit.MINUTES) && other.get(3, TimeUnit.MINUTES)).isTrue();
    var safe = outstanding.takeCommittable();
    for (int i = RECORDS - PARTITIONS; i < RECORDS; i++) {
      SourceRecord last = record(i);
      assertThat(safe.get(PartitionKey.of(last.sourcePartition())))
          .as("partition of record %s", i)
          .isEqualTo(Position.of(last));
    }
  }

  @Test
  void nothingBehindARecordWithoutAnAnswerIsSafe() {
    Ticket<PartitionKey, Position> first = registered(record(0));
    Ticket<PartitionKey, Position> second = registered(record(PARTITIONS));
    outstanding.batchOver(Set.of());
    outstanding.done(second);
    assertThat(outstanding.takeCommittable()).isEmpty();
    assertThat(outstanding.none()).isFalse();
    outstanding.done(first);
    assertThat(outstanding.takeCommittable()).hasSize(1);
    assertThat(outstanding.none()).isTrue();
  }

  private int roomLeft() {
    int number = 0;
    while (outstanding.register(record(number), 1) != null) {
      number++;
    }
    return number;
  }

  @Test
  void thereIsMoreRoomForEachPartitionOfKafkasUpToALimit() {
    assertThat(roomLeft()).isBetween(ROOM, ROOM + Outstanding.AT_ONCE);
    outstanding.written("t", 0);
    assertThat(roomLeft()).as("for the first partition").isZero();
    outstanding.written("t", 1);
    outstanding.written("u", 1);
    outstanding.written("t", 0);
    assertThat(roomLeft()).as("for two more").isCloseTo(10_000, within(Outstanding.AT_ONCE));
    for (int i = 0; i < 100; i++) {
      outstanding.written("t", i);
    }
    assertThat(roomLeft()).as("for many").isCloseTo(80_000, within(Outstanding.AT_ONCE));
  }

  @Test
  void thereIsRoomForThreeBatchesOfBytesAndTwoForEachPartitionMore() {
    var books = new Outstanding(waits, 100_000);
    assertThat(bytesUntilFull(books)).isCloseTo(300_000L, within(BYTES_MORE));
    books.written("t", 0);
    assertThat(bytesUntilFull(books)).as("for the first partition").isZero();
    books.written("t", 1);
    assertThat(bytesUntilFull(books)).as("for one more").isCloseTo(200_000L, within(BYTES_MORE));
  }

  @Test
  void recordsThatAreLargerThanAllRoomAreBatchesByThemselves() {
    var books = new Outstanding(waits, 100);
    Ticket<PartitionKey, Position> first = books.register(record(0), 1_000_000);
    Ticket<PartitionKey, Position> second = books.register(record(1), 1_000_000);
    assertThat(books.register(record(2), 1_000_000)).as("the third").isNotNull();
    assertThat(books.register(record(3), 1_000_000)).as("a fourth").isNull();
    List<Boolean> wakes = new ArrayList<>();
    books.awaitRoom(
        () -> {
          wakes.add(books.done(first));
          wakes.add(books.done(second));
          return true;
        });
    assertThat(wakes).as("who waits goes on while one is on its way").containsExactly(false, true);
    assertThat(books.register(record(3), 1_000_000)).isNotNull();
  }

  private static long bytesUntilFull(Outstanding books) {
    int number = 0;
    while (books.register(record(number), 10_000) != null) {
      number++;
    }
    return number * 10_000L;
  }

  @Test
  void aRecordWithoutAnAnswerIsSeenAlsoBeforeItIsEntered() {
    var time = new VirtualWaits(() -> true);
    var books = new Outstanding(time, Long.MAX_VALUE);
    Ticket<PartitionKey, Position> one = books.register(record(0), 1);
    books.done(books.register(record(1), 1));
    assertThat(books.stalled(Duration.ofSeconds(1))).as("one has been answered").isFalse();
    time.advance(2_000);
    assertThat(books.stalled(Duration.ofSeconds(1))).isTrue();
    books.done(one);
    assertThat(books.stalled(Duration.ofSeconds(1))).as("none is missing").isFalse();
    time.advance(2_000);
    assertThat(books.stalled(Duration.ofSeconds(1))).as("nor later").isFalse();
  }
}

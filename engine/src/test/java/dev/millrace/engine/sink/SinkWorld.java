package dev.millrace.engine.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.CommitSettings;
import dev.millrace.engine.Counters;
import dev.millrace.engine.Environment;
import dev.millrace.engine.ErrorHandling;
import dev.millrace.engine.Helper;
import dev.millrace.engine.Pipelines;
import dev.millrace.engine.RecordingListener;
import dev.millrace.engine.TaskName;
import dev.millrace.engine.TaskPlugin;
import dev.millrace.engine.TransformStep;
import dev.millrace.engine.VirtualWaits;
import dev.millrace.testkit.SimulatedConsumer;
import dev.millrace.testkit.SimulatedGroup;
import dev.millrace.testkit.SimulatedGroup.Protocol;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;

/** The lives of one sink task and a rival in its group, by one seed. Owned by one test. */
final class SinkWorld {
  private static final int PARTITIONS = 3;
  private static final int RECORDS = 40;
  private static final int STEPS = 50_000;
  private static final int NEVER = Integer.MAX_VALUE;
  private static final Duration MAX_POLL = Duration.ofSeconds(4);

  private final Random random;
  private final VirtualWaits waits = new VirtualWaits(this::alive);
  private final SimulatedGroup group;
  private final Map<TopicPartition, Set<Long>> flushed = new HashMap<>();
  private SimulatedConsumer rival;
  private SinkRunner runner;
  private boolean faults = true;

  /** A conversion that another thread would make: at some later time, or never. */
  private Runnable beside = () -> {};

  /** Made by every life. */
  SinkMistake mistake = SinkMistake.NONE;

  /** Calls of the task and its consumer that are left to this life. */
  private int callsLeft = NEVER;

  SinkWorld(long seed, Protocol protocol) {
    random = new Random(seed);
    group = new SimulatedGroup(waits::nowMs, protocol);
    group.create("in", PARTITIONS);
    for (int i = 0; i < RECORDS * PARTITIONS; i++) {
      byte[] value = Integer.toString(i).getBytes(StandardCharsets.UTF_8);
      group.append(new ConsumerRecord<>("in", i % PARTITIONS, 0, null, value));
    }
    rival = newRival();
  }

  /** Ends a killed life. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;

    private Killed() {
      super("killed", null, false, false);
    }
  }

  private boolean alive() {
    return callsLeft > 0;
  }

  /** A call that may be the last one, before or after its effect; after that there are none. */
  private <T> T call(Callable<T> effect) throws Exception {
    if (!alive()) {
      throw new Killed();
    }
    otherThread();
    callsLeft -= callsLeft == NEVER ? 0 : 1;
    if (alive()) {
      return effect.call();
    }
    if (random.nextBoolean()) {
      effect.call();
    }
    throw new Killed();
  }

  /** The consumer as the task's runtime sees it: it dies with the life. */
  @SuppressWarnings("unchecked")
  private Consumer<byte[], byte[]> mortal(SimulatedConsumer made) {
    return (Consumer<byte[], byte[]>)
        Proxy.newProxyInstance(
            SinkWorld.class.getClassLoader(),
            new Class<?>[] {Consumer.class},
            (proxy, method, arguments) ->
                method.getName().equals("wakeup") // by who signals, not by the life
                    ? invoke(made, method, arguments)
                    : call(() -> invoke(made, method, arguments)));
  }

  private Object invoke(SimulatedConsumer made, Method method, Object[] arguments)
      throws Exception {
    if (mistake.leavesOut(method)) {
      return null;
    }
    try {
      return mistake.answer(method.invoke(made, mistake.arguments(method, arguments)));
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw (Exception) e.getCause();
    }
  }

  /** Lets it do its work now, or not yet. */
  private void otherThread() {
    if (random.nextInt(3) == 0) {
      Runnable now = beside;
      beside = () -> {};
      now.run();
    }
  }

  private void beside(Runnable conversion) {
    if (random.nextInt(10) == 0) {
      throw new RejectedExecutionException("no thread");
    }
    beside = conversion;
  }

  private boolean chance(int oneIn) {
    return faults && random.nextInt(oneIn) == 0;
  }

  void run() {
    int lives = random.nextInt(6);
    for (int life = 0; life < lives; life++) {
      live(1 + random.nextInt(600));
      waits.advance(2L * random.nextInt(2) * MAX_POLL.toMillis());
    }
    faults = false;
    rival.close();
    waits.advance(2 * MAX_POLL.toMillis());
    live(NEVER);
  }

  /** Whether everything is. */
  boolean committed() {
    Map<TopicPartition, Long> committed = group.committed();
    return committed.size() == PARTITIONS
        && committed.values().stream().allMatch(each -> each == RECORDS);
  }

  private void checkCommits() {
    group
        .committed()
        .forEach(
            (partition, offset) -> {
              Set<Long> done = flushed.getOrDefault(partition, Set.of());
              long missing = LongStream.range(0, offset).filter(n -> !done.contains(n)).count();
              assertThat(missing).as("not put, of %s up to %d", partition, offset).isZero();
            });
  }

  /** Another member, which takes partitions and does nothing with them. */
  private SimulatedConsumer newRival() {
    SimulatedConsumer made = group.consumer(MAX_POLL);
    made.subscribe(
        List.of("in"),
        new ConsumerRebalanceListener() {
          @Override
          public void onPartitionsRevoked(Collection<TopicPartition> partitions) {}

          @Override
          public void onPartitionsAssigned(Collection<TopicPartition> partitions) {}
        });
    return made;
  }

  private void disturb() {
    if (chance(10)) {
      rival.poll(Duration.ZERO);
    } else if (chance(40)) {
      rival.close();
      rival = newRival();
    } else if (chance(60)) {
      group.expelAll();
    } else if (chance(30)) {
      group.rebalance();
    }
  }

  /** Runs for so many calls, then is killed, unless it has finished or failed before. */
  private void live(int calls) {
    callsLeft = calls;
    beside = () -> {};
    RecordingListener listener = new RecordingListener();
    Task task = new Task();
    runner = new SinkRunner(setup(listener, task), false);
    int done = 0;
    boolean more = runner.step();
    while (more && alive()) {
      assertThat(done++).as("steps until it ends").isLessThan(STEPS);
      waits.advance(random.nextInt(40));
      signal();
      disturb();
      more = runner.step();
      checkCommits();
    }
    assertThat(listener.errors).noneMatch(AssertionError.class::isInstance);
    if (!more && alive()) {
      assertThat(task.open).isEmpty();
      assertThat(task.stopped).isTrue();
    }
    if (!faults) {
      assertThat(listener.errors).isEmpty();
      assertThat(listener.reports.getLast()).isEqualTo("stopped");
    }
  }

  private void signal() {
    if (chance(50)) {
      runner.pause();
    } else if (random.nextInt(5) == 0) {
      runner.resume();
    }
    if (committed() && !faults) {
      runner.stop();
    }
  }

  private Consumer<byte[], byte[]> consumer() {
    SimulatedConsumer made = group.consumer(MAX_POLL);
    made.faults().commitFails(() -> chance(4));
    made.faults().answerWaits(() -> chance(2));
    made.faults().most(() -> random.nextInt(5));
    return mortal(made);
  }

  private SinkSetup setup(RecordingListener listener, Task task) {
    return new SinkSetup(
        new TaskName("sink", 0),
        new TaskPlugin<SinkTask, SinkRecord>(
            () -> task,
            () -> Pipelines.strings(List.of(task.onlyOne())),
            Map.of(),
            SinkWorld.class.getClassLoader()),
        new SinkInput(
            this::consumer,
            new Topics.Named(List.of("in")),
            new Membership(Runnable::run, MAX_POLL),
            new PutOverlap(Helper.by(this::beside), Duration.ZERO),
            false),
        new CommitSettings(Duration.ofMillis(100), Duration.ofMillis(300)),
        ErrorHandling.DEFAULT,
        new Environment(waits, listener, new Counters(), Pipelines::noMetrics, text -> text));
  }

  /** Forgets what it was given and had not prepared when preCommit fails, as a database would. */
  private final class Task extends SinkTask {
    private final List<SinkRecord> unflushed = new ArrayList<>();
    private final Set<TopicPartition> open = new HashSet<>();
    private final Map<TopicPartition, Long> last = new HashMap<>();
    private final Set<TopicPartition> paused = new HashSet<>();
    private final Map<TopicPartition, Long> rewound = new HashMap<>();
    private List<SinkRecord> refused = List.of();
    private boolean converting;
    private boolean stopped;

    /** A transformation that notices when it is called while it is inside a call. */
    private TransformStep<SinkRecord> onlyOne() {
      return Pipelines.step(this::inside);
    }

    private SinkRecord inside(SinkRecord record) {
      assertThat(converting).isFalse();
      converting = true;
      otherThread();
      converting = false;
      return record;
    }

    @Override
    public void start(Map<String, String> config) {}

    @Override
    public void open(Collection<TopicPartition> partitions) {
      assertThat(open).doesNotContainAnyElementsOf(partitions);
      open.addAll(partitions);
      last.keySet().removeAll(partitions);
    }

    @Override
    public void close(Collection<TopicPartition> partitions) {
      assertThat(open).containsAll(partitions);
      open.removeAll(partitions);
      paused.removeAll(partitions);
      rewound.keySet().removeAll(partitions);
      unflushed.removeIf(record -> partitions.contains(origin(record)));
      refused = refused.stream().filter(record -> open.contains(origin(record))).toList();
    }

    @Override
    public void put(Collection<SinkRecord> records) {
      assertSameAgain(records);
      boolean again = !refused.isEmpty();
      refused = List.of();
      for (SinkRecord record : records) {
        assertThat(open).contains(origin(record));
        assertThat(again || !paused.contains(origin(record))).as("paused").isTrue();
      }
      records.forEach(this::fromWhereItWanted);
      if (!records.isEmpty()) {
        disturb(records);
      }
      records.forEach(this::inOrder);
      unflushed.addAll(records);
      if (!records.isEmpty()) {
        askForMore(origin(records.iterator().next()));
      }
      otherThread();
    }

    private void askForMore(TopicPartition partition) {
      if (chance(15)) {
        context.pause(partition);
        paused.add(partition);
      } else if (chance(15)) {
        long offset = firstUnflushed(partition); // what is before counts as committed
        context.offset(partition, offset);
        rewound.put(partition, offset);
      }
      if (random.nextInt(4) == 0) {
        paused.retainAll(context.assignment());
        context.resume(paused.toArray(TopicPartition[]::new));
        paused.clear();
      }
    }

    private long firstUnflushed(TopicPartition partition) {
      return unflushed.stream()
          .filter(record -> origin(record).equals(partition))
          .mapToLong(SinkRecord::originalKafkaOffset)
          .min()
          .orElseThrow();
    }

    /** After context.offset the next record is the one asked for. */
    private void fromWhereItWanted(SinkRecord record) {
      Long wanted = rewound.remove(origin(record));
      if (wanted != null) {
        assertThat(record.originalKafkaOffset()).isEqualTo(wanted);
      }
    }

    private void inOrder(SinkRecord record) {
      long offset = record.originalKafkaOffset();
      Long before = last.put(origin(record), offset);
      if (before != null) {
        assertThat(offset).as("no gap in %s", origin(record)).isLessThanOrEqualTo(before + 1);
      }
    }

    /** After a refusal the same batch comes again, less what was taken away or rewound. */
    private void assertSameAgain(Collection<SinkRecord> records) {
      if (!refused.isEmpty() && !records.isEmpty()) {
        assertThat(refused).containsAll(records);
      }
    }

    private void disturb(Collection<SinkRecord> records) {
      if (chance(10)) {
        refused = List.copyOf(records);
        context.timeout(20);
        throw new RetriableException("not now");
      }
      if (chance(40)) {
        throw new IllegalStateException("broken");
      }
      if (chance(15)) {
        beSlow(1 + random.nextInt(12));
      }
      if (chance(20)) {
        context.requestCommit();
      }
    }

    private void beSlow(int seconds) {
      for (int i = 0; i < seconds; i++) {
        waits.advance(1_000);
        otherThread();
        runner.tick();
        SinkWorld.this.disturb();
      }
    }

    @Override
    public Map<TopicPartition, OffsetAndMetadata> preCommit(
        Map<TopicPartition, OffsetAndMetadata> offsets) {
      if (chance(20)) {
        beSlow(6);
      }
      if (chance(6)) {
        unflushed.removeIf(record -> offsets.containsKey(origin(record)));
        refused = List.of();
        throw new IllegalStateException("could not flush");
      }
      for (SinkRecord record : unflushed) {
        flushed
            .computeIfAbsent(origin(record), p -> new HashSet<>())
            .add(record.originalKafkaOffset());
      }
      unflushed.clear();
      return offsets;
    }

    @Override
    public void stop() {
      stopped = true;
    }

    @Override
    public String version() {
      return "1";
    }

    private static TopicPartition origin(SinkRecord record) {
      return new TopicPartition(record.originalTopic(), record.originalKafkaPartition());
    }
  }
}

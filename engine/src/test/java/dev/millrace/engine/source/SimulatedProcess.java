package dev.millrace.engine.source;

import dev.millrace.model.offsets.OffsetEntry;
import dev.millrace.model.offsets.OffsetStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * One life of a process: its producers, its offset store and its plugin, which die together after a
 * number of calls of any of them, before or after the effect of the last one. What is under way
 * then is lost.
 */
final class SimulatedProcess {
  static final String OFFSETS = "offsets";
  private static final int NEVER = Integer.MAX_VALUE;

  /** Ends a killed process. */
  static final class Killed extends Error {
    private static final long serialVersionUID = 1L;

    private Killed() {
      super("killed", null, false, false);
    }
  }

  private final SimulatedKafka kafka;
  private final Random random;
  private final List<SimulatedProducer> producers = new ArrayList<>();
  private final Deque<Runnable> storeWrites = new ArrayDeque<>();
  private int callsLeft;
  private int timeouts;

  /** Whether commits and the store fail now and then. */
  boolean faults = true;

  /** Whether what is under way arrives by itself. */
  boolean landing = true;

  /** Of so many batches that arrive, Kafka refuses one for good; none when 0. */
  int refused;

  /** What other threads do while the task is inside a poll. */
  Runnable meanwhile = () -> {};

  /** See {@link SimulatedProducer#acknowledgesEarly}. */
  boolean acknowledgesEarly;

  SimulatedProcess(SimulatedKafka kafka, Random random, int callsLeft) {
    this.kafka = kafka;
    this.random = random;
    this.callsLeft = callsLeft;
  }

  /** A process that is never killed, and without faults. */
  static SimulatedProcess steady(SimulatedKafka kafka) {
    SimulatedProcess process = new SimulatedProcess(kafka, new Random(1), NEVER);
    process.faults = false;
    return process;
  }

  boolean alive() {
    return callsLeft > 0;
  }

  /** A call that may be the last one. */
  <T> T call(Callable<T> effect) throws Exception {
    if (!alive()) {
      throw new Killed();
    }
    callsLeft -= callsLeft == NEVER ? 0 : 1;
    if (alive()) {
      return effect.call();
    }
    if (random.nextBoolean()) {
      effect.call();
    }
    throw new Killed();
  }

  /** The same, of what throws nothing. */
  void run(Runnable effect) {
    try {
      call(
          () -> {
            effect.run();
            return true;
          });
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Lets something that is under way arrive; whether the process lives. */
  boolean goOn() {
    if (!alive()) {
      return false;
    }
    if (landing) {
      if (random.nextInt(3) == 0 && !storeWrites.isEmpty()) {
        storeWrites.removeFirst().run();
      }
      producers.forEach(this::landOne);
    }
    return alive();
  }

  private void landOne(SimulatedProducer producer) {
    if (!alive() || producer.flying() == 0) {
      return;
    }
    if (refused > 0 && random.nextInt(refused) == 0) {
      producer.refuseBatch(new InvalidRecordException("not this one"));
    } else if (random.nextInt(producer.slowness) == 0) {
      producer.land(random.nextInt(producer.flying()));
    }
  }

  /** Everything that is under way arrives. */
  void landAll() {
    while (!storeWrites.isEmpty()) {
      storeWrites.removeFirst().run();
    }
    List.copyOf(producers).forEach(SimulatedProducer::flush);
  }

  /** The producers made so far, in order. */
  List<SimulatedProducer> producers() {
    return producers;
  }

  /** The task's producer, that dies with the process; the id is null without transactions. */
  Producer<byte[], byte[]> producer(String transactionalId) {
    return mortal(made(transactionalId), faults);
  }

  /** The producer of letters, that dies with the process. */
  Producer<byte[], byte[]> letterProducer() {
    return mortal(made(null), false);
  }

  private SimulatedProducer made(String transactionalId) {
    SimulatedProducer made = new SimulatedProducer(kafka, transactionalId);
    made.acknowledgesEarly = acknowledgesEarly;
    made.slowness = 1 + random.nextInt(10);
    producers.add(made);
    return made;
  }

  /** One that refuses a record for the moment now and then takes it when it is offered again. */
  @SuppressWarnings("unchecked")
  private Producer<byte[], byte[]> mortal(SimulatedProducer made, boolean refusing) {
    boolean[] committed = new boolean[1];
    return (Producer<byte[], byte[]>)
        Proxy.newProxyInstance(
            SimulatedProcess.class.getClassLoader(),
            new Class<?>[] {Producer.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("commitTransaction")) {
                return commit(made, committed);
              }
              if (refusing && isRecord(method, arguments) && faults && random.nextInt(20) == 0) {
                made.refusals.add(new NotLeaderOrFollowerException("not now"));
              }
              return call(() -> invoke(made, method, arguments));
            });
  }

  /** Whether a call sends a record of the task, not an offset. */
  private static boolean isRecord(Method method, Object[] arguments) {
    return method.getName().equals("send")
        && !((ProducerRecord<?, ?>) arguments[0]).topic().equals(OFFSETS);
  }

  private static Object invoke(SimulatedProducer made, Method method, Object[] arguments)
      throws Exception {
    try {
      return method.invoke(made, arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw (Exception) e.getCause();
    }
  }

  /** An answer that comes too late leaves open whether the transaction was committed. */
  private Object commit(SimulatedProducer made, boolean[] committed) throws Exception {
    boolean timeout = faults && random.nextInt(10) == 0 && timeouts++ < 3;
    boolean applied = random.nextBoolean();
    call(
        () -> {
          if (!committed[0] && (!timeout || applied)) {
            made.commitTransaction();
            committed[0] = true;
          }
          return true;
        });
    if (timeout) {
      throw new TimeoutException("no answer");
    }
    committed[0] = false;
    return null;
  }

  OffsetStore store() {
    return new FakeStore();
  }

  /** The offset of each key, as a reader of committed records sees it. */
  static Map<String, Long> offsets(SimulatedKafka kafka) {
    Map<String, Long> offsets = new HashMap<>();
    kafka
        .committed(OFFSETS)
        .forEach(entry -> offsets.put(entry.key(), Long.valueOf(entry.value())));
    return offsets;
  }

  private final class FakeStore implements OffsetStore {
    @Override
    public CompletionStage<Map<Map<String, Object>, Map<String, Object>>> read(
        String connector, Collection<Map<String, Object>> partitions) {
      Map<Map<String, Object>, Map<String, Object>> result = new HashMap<>();
      run(
          () -> {
            Map<String, Long> offsets = offsets(kafka);
            for (Map<String, Object> partition : partitions) {
              Long offset = offsets.get(key(partition));
              if (offset != null) {
                result.put(partition, Map.of("n", offset));
              }
            }
          });
      return CompletableFuture.completedStage(result);
    }

    @Override
    public CompletionStage<Void> write(
        String connector, Map<? extends Map<String, ?>, ? extends Map<String, ?>> offsets) {
      CompletableFuture<Void> done = new CompletableFuture<>();
      List<OffsetEntry> entries = new ArrayList<>();
      try {
        offsets.forEach((partition, offset) -> entries.add(encode(connector, partition, offset)));
      } catch (IllegalArgumentException e) {
        return CompletableFuture.failedStage(e);
      }
      int fate = faults ? random.nextInt(4) : 3;
      run(() -> storeWrites.add(() -> land(entries, fate, done)));
      return done;
    }

    private void land(List<OffsetEntry> entries, int fate, CompletableFuture<Void> done) {
      if (fate == 0) {
        done.completeExceptionally(new IllegalStateException("the store failed"));
        return;
      }
      entries.forEach(
          entry -> kafka.append(new ProducerRecord<>(OFFSETS, 0, entry.key(), entry.value())));
      if (fate != 1) {
        done.complete(null);
      }
    }

    @Override
    public OffsetEntry encode(String connector, Map<String, ?> partition, Map<String, ?> offset) {
      if (!(offset.get("n") instanceof Long number)) {
        throw new IllegalArgumentException("An offset is a long, not " + offset);
      }
      return new OffsetEntry(bytes(key(partition)), bytes(number.toString()));
    }

    private static byte[] bytes(String text) {
      return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String topic() {
      return OFFSETS;
    }

    private static String key(Map<String, ?> partition) {
      return partition == null ? "null" : String.valueOf(partition.get("p"));
    }
  }
}

package dev.millrace.engine.source;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.apache.kafka.connect.source.TransactionContext;

/**
 * Gives the numbers 1 to a last one for each of three source partitions, in random batches, and
 * defines random transactions where it may. Each of its calls may be the last of its process.
 */
final class NumberingTask extends SourceTask {
  static final int PARTITIONS = 3;

  private final SimulatedProcess process;
  private final Expectations expectations;
  private final Random random;
  private final int last;
  private final long[] given = new long[PARTITIONS];
  private final List<Expectations.Place> open = new ArrayList<>();
  boolean started;
  boolean stopped;

  NumberingTask(SimulatedProcess process, Expectations expectations, Random random, int last) {
    this.process = process;
    this.expectations = expectations;
    this.random = random;
    this.last = last;
  }

  @Override
  public void start(Map<String, String> config) {
    started = true;
    process.run(() -> {});
    for (int p = 0; p < PARTITIONS; p++) {
      Map<String, Object> offset = context.offsetStorageReader().offset(Map.of("p", p));
      given[p] = offset == null ? 0 : (Long) offset.get("n");
    }
  }

  @Override
  public List<SourceRecord> poll() {
    process.run(() -> {});
    if (random.nextInt(10) == 0) {
      throw new RetriableException("not now");
    }
    List<SourceRecord> batch = random.nextInt(5) == 0 ? null : batch();
    process.meanwhile.run();
    if (context.transactionContext() != null) {
      end(context.transactionContext());
    }
    return batch;
  }

  private List<SourceRecord> batch() {
    List<SourceRecord> batch = new ArrayList<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      int p = random.nextInt(PARTITIONS);
      if (given[p] < last) {
        batch.add(next(p));
      }
    }
    return batch;
  }

  private SourceRecord next(int p) {
    given[p]++;
    SourceRecord record =
        new SourceRecord(
            Map.of("p", p),
            Map.of("n", given[p]),
            Expectations.OUT,
            p,
            null,
            null,
            Schema.STRING_SCHEMA,
            Long.toString(given[p]));
    open.add(new Expectations.Place(p, given[p]));
    if (context.transactionContext() != null) {
      end(context.transactionContext(), record);
    }
    return record;
  }

  private void end(TransactionContext transactions, SourceRecord record) {
    switch (random.nextInt(12)) {
      case 0 -> {
        transactions.commitTransaction(record);
        open.clear();
      }
      case 1 -> {
        transactions.abortTransaction(record);
        aborted();
      }
      default -> {}
    }
  }

  private void end(TransactionContext transactions) {
    if (done() || random.nextInt(4) == 0) {
      transactions.commitTransaction();
      open.clear();
    } else if (random.nextInt(10) == 0) {
      transactions.abortTransaction();
      aborted();
    }
  }

  private void aborted() {
    open.forEach(number -> expectations.mayMiss(number.partition(), number.value()));
    open.clear();
  }

  boolean done() {
    for (long n : given) {
      if (n < last) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void commitRecord(SourceRecord record, RecordMetadata metadata) {
    process.run(() -> {});
  }

  @Override
  public void commit() {
    process.run(() -> {});
  }

  @Override
  public void stop() {
    stopped = true;
    process.run(() -> {});
  }

  @Override
  public String version() {
    return "1";
  }
}

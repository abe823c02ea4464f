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

/** Gives the numbers 1 to a last one for each of three source partitions, in random batches. */
final class NumberingTask extends SourceTask {
  static final int PARTITIONS = 3;

  private final Random random;
  private final int last;
  private final long[] given = new long[PARTITIONS];
  private final long[] told = new long[PARTITIONS];
  int commits;
  boolean started;
  boolean stopped;

  NumberingTask(Random random, int last) {
    this.random = random;
    this.last = last;
  }

  @Override
  public void start(Map<String, String> config) {
    started = true;
    for (int p = 0; p < PARTITIONS; p++) {
      Map<String, Object> offset = context.offsetStorageReader().offset(Map.of("p", p));
      given[p] = offset == null ? 0 : (Long) offset.get("n");
    }
  }

  @Override
  public List<SourceRecord> poll() {
    if (random.nextInt(10) == 0) {
      throw new RetriableException("not now");
    }
    if (random.nextInt(5) == 0) {
      return null;
    }
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
    return new SourceRecord(
        Map.of("p", p),
        Map.of("n", given[p]),
        "out",
        p,
        null,
        null,
        Schema.STRING_SCHEMA,
        Long.toString(given[p]));
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
    told[(Integer) record.sourcePartition().get("p")]++;
  }

  @Override
  public void commit() {
    commits++;
  }

  @Override
  public void stop() {
    stopped = true;
  }

  @Override
  public String version() {
    return "1";
  }
}

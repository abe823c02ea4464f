package dev.millrace.engine.sink;

import dev.millrace.engine.sink.Batch.Held;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;

/**
 * Finds the bad records of a batch that the task refused, by halves (decision 0022). A record is
 * bad when it fails alone and a later put succeeds: so an error that hits everything, such as a
 * database that has gone, fails the task and gives nothing up. Owned by the work's thread.
 */
final class Bisection {
  /**
   * Halves of the largest usual batch, and a few; more failures in a row are no single record's.
   */
  private static final int MOST_FAILURES_IN_A_ROW = 16;

  private final SinkTask task;
  private final ErrantRecords errants;
  private final List<Held> batch;

  /** The very ones, whatever the task has made of their values. */
  private final Set<Held> settled = Collections.newSetFromMap(new IdentityHashMap<>());

  private final List<Suspect> suspects = new ArrayList<>();
  private Exception failure;
  private Held lastGood;
  private int failures = 1;

  private record Suspect(Held held, Exception error) {}

  Bisection(SinkTask task, ErrantRecords errants, List<Held> batch, Exception failure) {
    this.task = task;
    this.errants = errants;
    this.batch = batch;
    this.failure = failure;
  }

  /**
   * Puts all good records, in order, and gives the bad ones up. Throws RetriableException when the
   * task asks to put the {@link #rest} again, and any other exception to fail the task.
   */
  void run() throws Exception {
    divide(batch, failure);
    if (!suspects.isEmpty()) {
      probe();
    }
  }

  /** What is neither put nor given up, in order. */
  List<Held> rest() {
    return batch.stream().filter(held -> !settled.contains(held)).toList();
  }

  private void divide(List<Held> refused, Exception error) throws Exception {
    if (refused.size() == 1) {
      suspects.add(new Suspect(refused.getFirst(), error));
      return;
    }
    int middle = refused.size() / 2;
    attempt(refused.subList(0, middle));
    attempt(refused.subList(middle, refused.size()));
  }

  private void attempt(List<Held> part) throws Exception {
    Exception error = put(part);
    if (error != null) {
      divide(part, error);
      return;
    }
    failures = 0;
    lastGood = part.getLast();
    settled.addAll(part);
    giveUpSuspects();
  }

  /** The error that refused these, or null. */
  private Exception put(List<Held> part) throws Exception {
    List<SinkRecord> records = new ArrayList<>();
    part.forEach(held -> records.add(held.record()));
    try {
      task.put(records);
      return null;
    } catch (RetriableException e) {
      throw e;
    } catch (Exception e) {
      failures++;
      failure = e;
      if (failures > MOST_FAILURES_IN_A_ROW) {
        throw general();
      }
      return e;
    }
  }

  /** Nothing good came after the last suspects: the last good record is put once more. */
  private void probe() throws Exception {
    if (lastGood == null || put(List.of(lastGood)) != null) {
      throw general();
    }
    giveUpSuspects();
  }

  private void giveUpSuspects() {
    for (Suspect suspect : suspects) {
      giveUp(suspect);
      settled.add(suspect.held());
    }
    suspects.clear();
  }

  private void giveUp(Suspect suspect) {
    try {
      var unused = errants.report(suspect.held().record(), suspect.error());
    } catch (ConnectException e) {
      throw new ConnectException("The sink refuses " + name(suspect.held()), e);
    }
  }

  private ConnectException general() {
    return new ConnectException(
        "The sink refused every part of a batch of %d records, beginning with %s. So the cause is"
                .formatted(batch.size(), name(batch.getFirst()))
            + " not taken for one record's, and no record was given up for it.",
        failure);
  }

  private static String name(Held held) {
    return "the record at offset %d of %s"
        .formatted(held.record().originalKafkaOffset(), held.origin());
  }
}

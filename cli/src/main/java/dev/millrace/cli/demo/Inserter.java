package dev.millrace.cli.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;

/** Inserts visits of random users, at a rate or as fast as it goes. Run by one thread, once. */
public final class Inserter implements Runnable {
  private static final Duration BEAT = Duration.ofMillis(100);
  private static final int BATCH = 1000;

  private final VisitTable table;
  private final Plan plan;
  private final Predicate<Duration> pauseOrEnd;
  private final Random random = new Random();

  /**
   * How much to insert.
   *
   * @param rows how many in all
   * @param rate rows per second; 0 for as fast as it goes
   * @param users users are 1 to this
   */
  public record Plan(long rows, double rate, int users) {}

  /**
   * An inserter.
   *
   * @param pauseOrEnd waits so long; true when it is to end
   */
  public Inserter(VisitTable table, Plan plan, Predicate<Duration> pauseOrEnd) {
    this.table = table;
    this.plan = plan;
    this.pauseOrEnd = pauseOrEnd;
  }

  @Override
  public void run() {
    double perBeat = plan.rate() * BEAT.toMillis() / 1000;
    long left = plan.rows();
    double due = 0;
    while (left > 0) {
      due = plan.rate() == 0 ? BATCH : due + perBeat;
      int now = (int) Math.min(Math.min(left, BATCH), (long) due);
      if (now > 0) {
        table.insert(users(now));
        left -= now;
        due -= now;
      }
      if (pauseOrEnd.test(plan.rate() == 0 ? Duration.ZERO : BEAT)) {
        return;
      }
    }
  }

  /** Low numbers visit more often, so that the table has a shape. */
  private List<Integer> users(int count) {
    List<Integer> users = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      double skewed = Math.pow(random.nextDouble(), 1.7);
      users.add(1 + (int) (skewed * plan.users()));
    }
    return users;
  }
}

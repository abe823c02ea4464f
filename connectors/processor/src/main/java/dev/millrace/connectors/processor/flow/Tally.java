package dev.millrace.connectors.processor.flow;

import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what a processor leaves out, and tells of it: the first, then whenever the number has
 * doubled. Usable from any thread.
 */
public final class Tally {
  private static final Logger LOG = LoggerFactory.getLogger(Tally.class);

  private final AtomicLong skipped = new AtomicLong();
  private final AtomicLong poison = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();

  /** Records that are no rows: tombstones, and JSON that is not an object. */
  public long skipped() {
    return skipped.get();
  }

  /** Records that cannot be read at all. */
  public long poison() {
    return poison.get();
  }

  /** Rows left out because the query has no result for them. */
  public long failed() {
    return failed.get();
  }

  void skip(String place, String reason) {
    tell(skipped.incrementAndGet(), "a record that is no row", place, reason);
  }

  void poison(String place, String reason) {
    tell(poison.incrementAndGet(), "a record that cannot be read", place, reason);
  }

  void failed(String place, String reason) {
    tell(failed.incrementAndGet(), "a row without result", place, reason);
  }

  private static void tell(long count, String what, String place, String reason) {
    if (Long.bitCount(count) == 1) {
      LOG.warn("Left out {}, at {}: {} ({} so far)", what, place, reason, count);
    }
  }
}

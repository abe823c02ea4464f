package dev.millrace.engine.source;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which positions of a source are safe to commit: per source partition the last of the longest
 * acknowledged prefix of what was sent, so that an unacknowledged record holds back its own
 * partition only (compat: semantics §4). Records of one poll may share an offset: it is safe only
 * once the last of them is. Bounded. Pure; its owner guards it with a lock.
 *
 * @param <P> source partition
 * @param <O> source offset
 */
public final class InFlight<P, O> {
  private final int bound;

  /** Of partitions that have records here, or had some in the open batch. */
  private final Map<P, Lane<P, O>> lanes = new HashMap<>();

  /** Those that had some in the open batch. */
  private final List<Lane<P, O>> open = new ArrayList<>();

  private final Map<P, O> committable = new HashMap<>();

  /** The lane of the latest record; null when it was dropped. */
  private Lane<P, O> latest;

  private long batch;
  private int size;
  private long bytes;

  /** A tracker that holds at most so many records. */
  public InFlight(int bound) {
    this.bound = bound;
  }

  /** The records of one partition, in order. */
  private static final class Lane<P, O> {
    private final P partition;
    private final Deque<Ticket<P, O>> queue = new ArrayDeque<>();

    /** The last record of the batch that is being sent, or null. */
    private Ticket<P, O> last;

    /** Acknowledged, but the next record of the open batch may have the same offset; or null. */
    private O held;

    private Lane(P partition) {
      this.partition = partition;
    }

    private boolean isOver() {
      return queue.isEmpty() && last == null;
    }
  }

  /**
   * A record on its way.
   *
   * @param <P> source partition
   * @param <O> source offset
   */
  public static final class Ticket<P, O> {
    private final P partition;
    private final O offset;
    private final int bytes;

    /** Null until it is added. */
    private Lane<P, O> lane;

    private long batch;

    /** Whether the record before it in its lane was of the same batch and offset. */
    private boolean repeats;

    private boolean acked;

    /** Whether the offset is one to commit: of a record that was sent, or shared with one. */
    private boolean sent;

    private Ticket(P partition, O offset, int bytes, boolean sent) {
      this.partition = partition;
      this.offset = offset;
      this.bytes = bytes;
      this.sent = sent;
    }

    /** Of a record that is about to be sent, with so many bytes. */
    static <P, O> Ticket<P, O> toSend(P partition, O offset, int bytes) {
      return new Ticket<>(partition, offset, bytes, true);
    }

    /**
     * Of a record that is not sent, but must be safe elsewhere before a later offset of its
     * partition, or its own offset if it shares that with a record that is sent, may be committed.
     */
    static <P, O> Ticket<P, O> toHold(P partition, O offset) {
      return new Ticket<>(partition, offset, 0, false);
    }

    private void enter(Lane<P, O> itsLane, long itsBatch) {
      lane = itsLane;
      batch = itsBatch;
      repeats = sharesOffset(lane.queue.peekLast());
    }

    private boolean sharesOffset(Ticket<P, O> other) {
      return other != null && batch == other.batch && offset.equals(other.offset);
    }
  }

  /** Whether another record has to wait. */
  public boolean full() {
    return size >= bound;
  }

  /** Records held: not acknowledged, or behind one of their partition that is not. */
  public int size() {
    return size;
  }

  /** Bytes of the records that are not acknowledged. */
  public long bytes() {
    return bytes;
  }

  /**
   * Registers a record, which may be acknowledged already; throws IllegalStateException when full.
   * Records are registered in the order in which they are sent.
   */
  public void add(Ticket<P, O> ticket) {
    if (full()) {
      throw new IllegalStateException("More than " + bound + " records in flight");
    }
    Lane<P, O> lane = lane(ticket.partition);
    ticket.enter(lane, batch);
    if (lane.last == null) {
      open.add(lane);
    }
    lane.last = ticket;
    if (lane.held != null) {
      if (lane.held.equals(ticket.offset)) {
        ticket.sent = true;
      } else {
        committable.put(lane.partition, lane.held);
      }
      lane.held = null;
    }
    lane.queue.addLast(ticket);
    size++;
    if (ticket.acked) {
      take(lane);
    } else {
      bytes += ticket.bytes;
    }
  }

  private Lane<P, O> lane(P partition) {
    if (latest == null || !latest.partition.equals(partition)) {
      latest = lanes.computeIfAbsent(partition, Lane::new);
    }
    return latest;
  }

  /**
   * The record is durable (or is done with for another reason), also before it is added. Twice is
   * the same as once.
   */
  public void acked(Ticket<P, O> ticket) {
    boolean again = ticket.acked;
    ticket.acked = true;
    if (ticket.lane != null && !again) {
      bytes -= ticket.bytes;
      take(ticket.lane);
    }
  }

  /** Takes the acknowledged ones out that nothing holds back. */
  private void take(Lane<P, O> lane) {
    while (!lane.queue.isEmpty() && lane.queue.peekFirst().acked) {
      Ticket<P, O> first = lane.queue.removeFirst();
      size--;
      if (first.sent) {
        safe(first, lane.queue.peekFirst());
      }
    }
    dropIfOver(lane);
  }

  /** All up to this record is safe; a record that follows with its offset has yet to be. */
  private void safe(Ticket<P, O> first, Ticket<P, O> next) {
    if (next != null && next.repeats) {
      next.sent = true;
    } else if (first.sharesOffset(first.lane.last)) {
      first.lane.held = first.offset;
    } else {
      committable.put(first.lane.partition, first.offset);
    }
  }

  /**
   * No more records of the batch will be added.
   *
   * @param unsent offsets of its records that were not sent; they are not safe, whoever shares them
   */
  public void batchOver(Set<O> unsent) {
    open.removeIf(lane -> closed(lane, unsent));
    if (unsent.isEmpty()) {
      batch++;
    }
  }

  /** What is held has the offset of the lane's last record. */
  private boolean closed(Lane<P, O> lane, Set<O> unsent) {
    if (unsent.contains(lane.last.offset)) {
      return false;
    }
    lane.last = null;
    if (lane.held != null) {
      committable.put(lane.partition, lane.held);
      lane.held = null;
    }
    dropIfOver(lane);
    return true;
  }

  /** The record, the last one added of its partition, was not sent: it counts as never added. */
  public void withdraw(Ticket<P, O> ticket) {
    if (ticket.lane.queue.removeLastOccurrence(ticket)) {
      size--;
      bytes -= ticket.acked ? 0 : ticket.bytes;
    }
    dropIfOver(ticket.lane);
  }

  private void dropIfOver(Lane<P, O> lane) {
    if (lane.isOver() && lanes.remove(lane.partition, lane) && latest == lane) {
      latest = null;
    }
  }

  /** What has become safe since the last call. */
  public Map<P, O> takeCommittable() {
    Map<P, O> taken = new HashMap<>(committable);
    committable.clear();
    return taken;
  }
}

package dev.millrace.engine.source;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
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
  private final Map<P, Deque<Ticket<P, O>>> queues = new HashMap<>();
  private final Map<P, O> committable = new HashMap<>();

  /** Per partition the last record of the batch that is being sent. */
  private final Map<P, Ticket<P, O>> open = new HashMap<>();

  /** Acknowledged, but the next record of the open batch may have the same offset. */
  private final Map<P, O> held = new HashMap<>();

  private long batch;
  private int size;

  /** A tracker that holds at most so many records. */
  public InFlight(int bound) {
    this.bound = bound;
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
    private final long batch;
    private boolean acked;

    /** Whether the offset is one to commit: of a record that was sent, or shared with one. */
    private boolean sent;

    private Ticket(P partition, O offset, long batch) {
      this.partition = partition;
      this.offset = offset;
      this.batch = batch;
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

  /** Registers a record that is about to be sent; throws IllegalStateException when full. */
  public Ticket<P, O> add(P partition, O offset) {
    Ticket<P, O> ticket = hold(partition, offset);
    ticket.sent = true;
    return ticket;
  }

  /**
   * Registers a record that is not sent, but must be safe elsewhere before a later offset of its
   * partition, or its own offset if it shares that with a record that is sent, may be committed.
   */
  public Ticket<P, O> hold(P partition, O offset) {
    if (full()) {
      throw new IllegalStateException("More than " + bound + " records in flight");
    }
    Ticket<P, O> ticket = new Ticket<>(partition, offset, batch);
    open.put(partition, ticket);
    O before = held.remove(partition);
    if (before != null) {
      if (before.equals(offset)) {
        ticket.sent = true;
      } else {
        committable.put(partition, before);
      }
    }
    queues.computeIfAbsent(partition, p -> new ArrayDeque<>()).addLast(ticket);
    size++;
    return ticket;
  }

  /** The record is durable (or is done with for another reason). Twice is the same as once. */
  public void acked(Ticket<P, O> ticket) {
    ticket.acked = true;
    Deque<Ticket<P, O>> queue = queues.get(ticket.partition);
    while (queue != null && !queue.isEmpty() && queue.peekFirst().acked) {
      Ticket<P, O> first = queue.removeFirst();
      size--;
      if (first.sent) {
        safe(first, queue.peekFirst());
      }
    }
    dropIfEmpty(ticket.partition, queue);
  }

  /** All up to this record is safe; a record that follows with its offset has yet to be. */
  private void safe(Ticket<P, O> first, Ticket<P, O> next) {
    if (first.sharesOffset(next)) {
      next.sent = true;
    } else {
      boolean last = first.sharesOffset(open.get(first.partition));
      (last ? held : committable).put(first.partition, first.offset);
    }
  }

  /**
   * No more records of the batch will be added.
   *
   * @param unsent offsets of its records that were not sent; they are not safe, whoever shares them
   */
  public void batchOver(Set<O> unsent) {
    open.values().removeIf(ticket -> !unsent.contains(ticket.offset));
    held.entrySet()
        .removeIf(
            entry -> {
              boolean safe = !unsent.contains(entry.getValue());
              if (safe) {
                committable.put(entry.getKey(), entry.getValue());
              }
              return safe;
            });
    if (unsent.isEmpty()) {
      batch++;
    }
  }

  /** The record was not sent after all; it counts as never added. */
  public void withdraw(Ticket<P, O> ticket) {
    Deque<Ticket<P, O>> queue = queues.get(ticket.partition);
    if (queue != null && queue.removeLastOccurrence(ticket)) {
      size--;
    }
    dropIfEmpty(ticket.partition, queue);
  }

  private void dropIfEmpty(P partition, Deque<Ticket<P, O>> queue) {
    if (queue != null && queue.isEmpty()) {
      queues.remove(partition);
    }
  }

  /** What has become safe since the last call. */
  public Map<P, O> takeCommittable() {
    Map<P, O> taken = new HashMap<>(committable);
    committable.clear();
    return taken;
  }
}

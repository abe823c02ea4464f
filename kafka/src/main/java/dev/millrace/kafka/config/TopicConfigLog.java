package dev.millrace.kafka.config;

import dev.millrace.kafka.group.Group;
import dev.millrace.kafka.group.GroupListener;
import dev.millrace.kafka.group.GroupMetrics;
import dev.millrace.kafka.group.GroupSettings;
import dev.millrace.kafka.group.Peer;
import dev.millrace.kafka.group.Roster;
import dev.millrace.model.Fact;
import dev.millrace.model.Membership;
import dev.millrace.model.control.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * The config log of a cluster: a topic with one partition (compat: internal topics §4–§6), read by
 * every worker and written by the leader only; and the group that says who leads.
 *
 * <p>A new generation is told only after the topic has been read to the end it had when the
 * generation formed, so nobody acts on older state (data invariant 6). Every claim begins a new
 * epoch of one transactional id, so that no earlier claim, our own included, can write any more
 * (invariant 8).
 */
public final class TopicConfigLog implements ConfigLog {
  private final TopicReader reader;
  private final TopicWriter writer;
  private final Group group;
  private final String self;
  private final ReentrantLock lock = new ReentrantLock();
  private Consumer<Event> events = event -> {};
  private Consumer<Throwable> failed = error -> {};
  private long memberships; // guarded by lock: each change of membership outdates what is pending
  private volatile String blocked = "";

  /**
   * A log that has not begun.
   *
   * @param self this worker's incarnation and address
   */
  public TopicConfigLog(TopicLogSettings topic, GroupSettings membership, Peer self) {
    this.reader = new TopicReader(topic, membership.groupId());
    this.writer = new TopicWriter(topic, reader, this::isOf);
    this.group = new Group(membership, self, new FromGroup());
    this.self = self.member();
  }

  @Override
  public void start(Consumer<Event> receiver, Consumer<Throwable> failure) {
    events = receiver;
    failed = failure;
    writer.start(receiver, failure);
    reader.start(receiver, failure, writer::letGo);
    group.start();
    reader.whenAtEnd(end -> group.join());
  }

  @Override
  public void claim(int generation) {
    writer.claim(generation);
  }

  private boolean isOf(int generation) {
    group.checkContact();
    return group.roster().filter(roster -> roster.generation() == generation).isPresent();
  }

  @Override
  public void append(int claim, long proposal, List<Fact> facts) {
    writer.append(claim, proposal, facts);
  }

  /**
   * Calls back on the reader's thread when everything has been read that is in the topic now, with
   * the offset of the last fact; never while Kafka is out of reach.
   */
  public void whenAtEnd(LongConsumer then) {
    reader.whenAtEnd(then);
  }

  /** The present generation; empty while this worker is not a member. */
  public Optional<Roster> roster() {
    return group.roster();
  }

  /** Looks at once whether the membership is still confirmed; a loss is told before it returns. */
  public void checkContact() {
    group.checkContact();
  }

  /** The metrics of the membership. */
  public GroupMetrics metrics() {
    return group.metrics();
  }

  /**
   * Why this worker cannot be a member for now, or cannot use the config topic; empty when all is
   * well.
   */
  @Override
  public String blocked() {
    var troubles = new ArrayList<String>();
    if (!blocked.isEmpty()) troubles.add(blocked);
    reader.trouble().ifPresent(trouble -> troubles.add(trouble.sentence()));
    writer
        .refusal()
        .filter(why -> roster().filter(roster -> roster.leader().equals(self)).isPresent())
        .ifPresent(why -> troubles.add(why.message() + ". " + why.hint() + "."));
    return String.join(" ", troubles);
  }

  /** What members of the group tell. */
  private final class FromGroup implements GroupListener {
    @Override
    public void formed(Roster roster) {
      long mark = nextMembership();
      reader.whenAtEnd(
          end ->
              inOrder(
                  mark,
                  new Event.Joined(
                      new Membership(
                          roster.generation(), roster.leader(), roster.members(), end))));
    }

    @Override
    public void lost(String reason) {
      inOrder(nextMembership(), new Event.Isolated());
    }

    @Override
    public void blocked(String reason) {
      blocked = reason;
    }

    @Override
    public void failed(Throwable error) {
      failed.accept(error);
    }
  }

  private long nextMembership() {
    lock.lock();
    try {
      return ++memberships;
    } finally {
      lock.unlock();
    }
  }

  private void inOrder(long mark, Event event) {
    lock.lock();
    try {
      if (mark == memberships) {
        events.accept(event);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    group.close();
    writer.close();
    reader.close();
  }
}

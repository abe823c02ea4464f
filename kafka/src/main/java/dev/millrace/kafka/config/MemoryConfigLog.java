package dev.millrace.kafka.config;

import dev.millrace.model.Fact;
import dev.millrace.model.Membership;
import dev.millrace.model.control.Event;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The config log of a standalone worker, and the group of one that goes with it: what it is told is
 * forgotten when it stops. Nothing can fail, so answers are given at once. {@link #claim} and
 * {@link #append} are for one thread.
 */
public final class MemoryConfigLog implements ConfigLog {

  private final String member;
  private final AtomicLong last = new AtomicLong(-1);
  private final AtomicInteger claims = new AtomicInteger();
  private volatile Consumer<Event> events = event -> {};

  /**
   * An empty log.
   *
   * @param member id of the only member of the group
   */
  public MemoryConfigLog(String member) {
    this.member = member;
  }

  @Override
  public void start(Consumer<Event> receiver, Consumer<Throwable> failed) {
    events = receiver;
    receiver.accept(
        new Event.Joined(new Membership(1, member, new TreeSet<>(List.of(member)), last.get())));
  }

  @Override
  public void claim(int generation) {
    events.accept(new Event.Claimed(generation, claims.incrementAndGet(), last.get()));
  }

  @Override
  public void append(int claim, long proposal, List<Fact> facts) {
    if (claim != claims.get()) return; // shut out
    facts.forEach(fact -> events.accept(new Event.FactRead(last.incrementAndGet(), fact)));
    events.accept(new Event.Appended(proposal, last.get()));
  }

  @Override
  public String blocked() {
    return "";
  }

  @Override
  public void close() {
    events = event -> {};
  }
}

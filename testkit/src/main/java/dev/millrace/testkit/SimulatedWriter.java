package dev.millrace.testkit;

import dev.millrace.model.Fact;
import dev.millrace.model.Rejection;
import dev.millrace.model.control.Action;
import dev.millrace.model.control.Event;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What becomes of the members' claims and appends: they are carried out, get lost, are late, fail
 * for certain or perhaps, or are refused for a while. Single-threaded.
 */
final class SimulatedWriter {

  /** A configuration with this key is more than the log takes. */
  static final String TOO_LARGE = "large";

  /** A task with this key is so at times, by a limit that somebody raises in the end. */
  static final String TIGHT = "tight";

  private static final int LATE_MS_MAX = 1_500;
  private static final Rejection REFUSED =
      new Rejection(Rejection.Code.UNAVAILABLE, "A right is missing", "");
  private static final Rejection LARGE = new Rejection(Rejection.Code.INVALID, "Too large", "");

  private final Chance chance;
  private final Agenda agenda;
  private final SimulatedLog log;
  private final Members members;
  private long refusedUntil;

  /** Those who read. */
  interface Members {
    void deliver(SimulatedMember member, Event event);

    /** There is more that can be read. */
    void read();

    /** The member knows the log up to there. */
    void readOn(SimulatedMember member, long end);
  }

  SimulatedWriter(Chance chance, Agenda agenda, SimulatedLog log, Members members) {
    this.chance = chance;
    this.agenda = agenda;
    this.log = log;
    this.members = members;
  }

  /** For so long nobody may write. */
  void refuse(long millis) {
    refusedUntil = Math.max(refusedUntil, agenda.now() + millis);
  }

  void claim(SimulatedMember member, int of) {
    agenda.after(
        chance.delay(),
        () -> {
          if (!member.inContact()) return;
          if (agenda.now() < refusedUntil && chance.even()) {
            members.deliver(member, new Event.WriteRefused(REFUSED));
            return;
          }
          int number = log.claim();
          members.read();
          long end = log.end();
          agenda.after(
              chance.delay(),
              () -> {
                if (!member.cutOff) members.deliver(member, new Event.Claimed(of, number, end));
              });
        });
  }

  /** Its fate: written, lost, or written late, after a retry; the answer may be lost, too. */
  void append(SimulatedMember member, Action.Append append) {
    boolean late = chance.oneIn(15);
    long takes = late ? 1 + chance.below(LATE_MS_MAX) : chance.delay() * 5L;
    if (late && chance.even()) { // the writer gives up, though it is written in the end
      agenda.after(chance.delay(), () -> failed(member, append, false, Map.of()));
    }
    agenda.after(
        takes,
        () -> {
          if (member.inContact() && !failed(member, append)) write(member, append, late);
        });
  }

  private boolean failed(SimulatedMember member, Action.Append append) {
    var large = new HashMap<Fact, Rejection>();
    for (var fact : append.facts()) {
      if (fact instanceof Fact.Configured(var name, var config) && config.containsKey(TOO_LARGE)) {
        large.put(fact, LARGE);
      }
      if (isTight(fact) && chance.oneIn(15)) large.put(fact, LARGE);
    }
    boolean refused = agenda.now() < refusedUntil;
    if (!refused && large.isEmpty() && !chance.oneIn(40)) return false;
    log.giveUp(append.claim());
    if (refused) members.deliver(member, new Event.WriteRefused(REFUSED));
    failed(member, append, true, large);
    return true;
  }

  private static boolean isTight(Fact fact) {
    return fact instanceof Fact.TasksComputed(var name, var tasks)
        && tasks.stream().anyMatch(task -> task.containsKey(TIGHT));
  }

  private void failed(
      SimulatedMember member, Action.Append append, boolean certain, Map<Fact, Rejection> refused) {
    if (member.cutOff) return;
    members.deliver(member, new Event.AppendFailed(append.proposal(), certain, refused));
  }

  private void write(SimulatedMember member, Action.Append append, boolean late) {
    boolean lost = chance.oneIn(20);
    boolean ahead = chance.even() && log.next(member.cursor) > log.end();
    var facts = new ArrayList<Fact>(chance.oneIn(30) ? log.deletions() : List.of());
    facts.addAll(append.facts());
    if (lost || !log.append(append.claim(), facts)) return;
    long end = log.end();
    agenda.after(chance.delay(), () -> reveal(end));
    if (late || chance.oneIn(20)) return; // the answer gets lost
    if (ahead) {
      knows(member, append.proposal(), end);
    } else {
      agenda.after(
          chance.delay(),
          () -> members.deliver(member, new Event.Appended(append.proposal(), end)));
    }
  }

  private void reveal(long end) {
    log.reveal(end);
    members.read();
  }

  /** Who has written something and read all before it need not wait until it can be read. */
  private void knows(SimulatedMember member, long proposal, long end) {
    members.deliver(member, new Event.Appended(proposal, end));
    members.readOn(member, end);
  }
}

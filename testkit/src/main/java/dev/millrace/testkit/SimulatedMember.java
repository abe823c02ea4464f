package dev.millrace.testkit;

import dev.millrace.model.WorkId;
import dev.millrace.model.control.ControlCore;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** One incarnation of a worker, and what stands between it and the rest. Single-threaded. */
final class SimulatedMember {

  static final long NEVER = Long.MAX_VALUE;
  private static final long LONG_AGO = Long.MIN_VALUE / 2;

  final String id;
  final ControlCore core;
  private final long clockAhead;
  final TreeSet<WorkId> running = new TreeSet<>();
  final Set<WorkId> stale = new HashSet<>();
  private final Map<WorkId, Long> stopDue = new HashMap<>();
  final Deque<Runnable> waiting = new ArrayDeque<>();
  boolean up = true;
  boolean cutOff;
  boolean frozen;
  long readsFrom; // by the agenda
  long silentSince = NEVER;
  int cursor;
  boolean reading;
  long reportArrives;
  int reports;
  int toldGeneration;

  /**
   * A member that has just begun.
   *
   * @param clockAhead what its clock shows more than the agenda's
   */
  SimulatedMember(String id, ControlCore core, long clockAhead) {
    this.id = id;
    this.core = core;
    this.clockAhead = clockAhead;
  }

  /** What an instance of the connector, as this member knows it, wants for its tasks. */
  List<Map<String, String>> taskConfigs(String connector) {
    var config = core.state().connectors().get(connector).config();
    int tasks = Settlement.tasksOf(config);
    String key = config.containsKey(SimulatedWriter.TIGHT) ? SimulatedWriter.TIGHT : "task";
    return IntStream.range(0, tasks).mapToObj(i -> Map.of(key, i + "/" + tasks)).toList();
  }

  /** What its clock shows. */
  long clock(long now) {
    return now + clockAhead;
  }

  /** Whether it is heard of by the others, and hears of them. */
  boolean inContact() {
    return up && !cutOff && !frozen;
  }

  /** Whether it can read the log. */
  boolean reads(long now) {
    return inContact() && now >= readsFrom;
  }

  /** Its process is over. */
  void end() {
    up = false;
    running.clear();
    stale.clear();
    waiting.clear();
  }

  /** It has said that it leaves: nobody waits for it. */
  void leaves() {
    silentSince = LONG_AGO;
  }

  /** It has become silent at this time, unless it was so before. */
  boolean fallsSilent(long now) {
    if (silentSince != NEVER) return false;
    silentSince = now;
    return true;
  }

  boolean silentFor(long millis, long now) {
    return silentSince != NEVER && now - silentSince >= millis;
  }

  /** The work has been told to stop, which it does by that time unless the process is suspended. */
  void stopsBy(WorkId work, long due) {
    stopDue.put(work, due);
  }

  /** The work has begun, or has ended. */
  void noStopDue(WorkId work) {
    stopDue.remove(work);
  }

  /**
   * Whether only its suspension keeps the work here: it is suspended beyond the session timeout, or
   * was suspended while it stopped the work and is no member any more, or has only just woken.
   * Nobody can help that, and while it is suspended the work does nothing.
   */
  boolean holdsOnlyBySuspension(WorkId work, boolean isMember, long sessionMs, long now) {
    boolean givenUp = !isMember && stopDue.getOrDefault(work, NEVER) < now;
    return stale.contains(work) || (frozen && (givenUp || silentFor(sessionMs, now)));
  }
}

package dev.millrace.worker;

import dev.millrace.model.Waiting;
import dev.millrace.model.WorkId;
import dev.millrace.model.WorkStatus;
import dev.millrace.model.restarts.NextRestart;
import dev.millrace.worker.cluster.SharedStatuses;
import dev.millrace.worker.events.EventLog;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;

/**
 * What is known of the state of all work, and the topics it has used: of this worker's own work as
 * it is, of others' as they have told. Thread-safe; written by the crew, read by anyone. Changes
 * are noted in the event log.
 */
public final class StatusBoard {

  /**
   * One status.
   *
   * @param worker worker id {@code host:port} that reported it
   * @param version version of the plugin; empty when unknown
   */
  public record Entry(WorkStatus status, String worker, String version) {}

  /**
   * A thread whose work did not stop in time and was abandoned. It is still there.
   *
   * @param id what it worked at; meanwhile others may do so again
   * @param thread number of the thread
   */
  public record LeftBehind(WorkId id, long thread) {}

  private final ConcurrentSkipListMap<WorkId, Entry> entries = new ConcurrentSkipListMap<>();
  private final Set<LeftBehind> leftBehind = ConcurrentHashMap.newKeySet();
  private final Map<WorkId, Supplier<Optional<Waiting>>> waits = new ConcurrentHashMap<>();

  private final Map<WorkId, Stall> stalls = new ConcurrentHashMap<>();
  private volatile Map<WorkId, NextRestart> restarts = Map.of();

  private final Map<String, Set<String>> topics = new ConcurrentHashMap<>();
  private final Beginnings beginnings = new Beginnings();
  private final EventLog events;
  private volatile boolean tracking = true;
  private volatile Optional<SharedStatuses> shared = Optional.empty();

  /** An empty board that notes changes there. */
  public StatusBoard(EventLog events) {
    this.events = events;
  }

  /** From now on the topics of connectors are not noted. */
  void forgetTopics() {
    tracking = false;
  }

  /** From now on others are told of this worker's work, and theirs is shown too. */
  void share(SharedStatuses everybodys) {
    shared = Optional.of(everybodys);
  }

  void put(WorkId id, Entry entry) {
    var before = entries.put(id, entry);
    shared
        .filter(s -> before == null || s.tellsMore(id, before.status(), entry.status()))
        .ifPresent(s -> s.put(id, seen(entry)));
    if (before == null || !before.status().equals(entry.status())) {
      var status = entry.status();
      events.add(id.connector(), id.toString(), status.phase().name(), status.detail());
    }
  }

  /** Likewise, with the log offset that the work has taken into account. */
  void put(WorkId id, Entry entry, long asOf) {
    put(id, entry);
    beginnings.became(id, asOf, entry.status());
  }

  /** Who waits for this worker's work. */
  Beginnings beginnings() {
    return beginnings;
  }

  /** The work goes to another worker. */
  void release(WorkId id) {
    beginnings.gone(id);
    waits.remove(id);
    if (entries.remove(id) == null) return;
    events.add(id.connector(), id.toString(), "RELEASED", "");
  }

  /** The work is wanted no more. */
  void remove(WorkId id) {
    beginnings.gone(id);
    waits.remove(id);
    if (entries.remove(id) == null) return;
    events.add(id.connector(), id.toString(), "GONE", "");
    if (id.isInstance()) topics.remove(id.connector());
  }

  /** From now on that tells what the work waits for; it is asked by any thread. */
  void watch(WorkId id, Supplier<Optional<Waiting>> waiting) {
    waits.put(id, waiting);
  }

  /** The task has read from or written to this topic. */
  void topicUsed(WorkId task, String topic) {
    if (!tracking) return;
    shared.ifPresentOrElse(
        s -> s.topicUsed(task, topic),
        () ->
            topics
                .computeIfAbsent(task.connector(), c -> ConcurrentHashMap.newKeySet())
                .add(topic));
  }

  /** The topics a connector has used since it was made, or since they were forgotten; sorted. */
  public List<String> topicsOf(String connector) {
    return shared
        .<Set<String>>map(s -> s.topicsOf(connector))
        .orElseGet(() -> topics.getOrDefault(connector, Set.of()))
        .stream()
        .sorted()
        .toList();
  }

  /** Forgets the topics a connector has used. */
  public void resetTopics(String connector) {
    topics.remove(connector);
    shared.ifPresent(s -> s.resetTopics(connector));
  }

  /** Notes a thread that is left behind; how many there are now. */
  int leaveBehind(LeftBehind thread) {
    leftBehind.add(thread);
    return leftBehind.size();
  }

  void cameBack(LeftBehind thread) {
    leftBehind.remove(thread);
  }

  /** The threads that were left behind and have not ended yet. */
  public Set<LeftBehind> leftBehind() {
    return Set.copyOf(leftBehind);
  }

  public Optional<Entry> of(WorkId id) {
    return Optional.ofNullable(entries.get(id))
        .or(() -> shared.flatMap(s -> s.of(id)).map(StatusBoard::entry));
  }

  private static SharedStatuses.Seen seen(Entry entry) {
    return new SharedStatuses.Seen(entry.status(), entry.worker(), entry.version());
  }

  private static Entry entry(SharedStatuses.Seen seen) {
    return new Entry(seen.status(), seen.worker(), seen.version());
  }

  /**
   * What running work waits for or retries, such as a database that is away; empty when nothing
   * keeps it, and for work of other workers.
   */
  public Optional<Waiting> waiting(WorkId id) {
    return of(id)
        .filter(entry -> entry.status().phase() != WorkStatus.Phase.FAILED)
        .flatMap(entry -> waits.getOrDefault(id, Optional::empty).get());
  }

  /** The work is in this call; whether that is new. */
  boolean stalled(WorkId id, Stall stall) {
    var before = stalls.put(id, stall);
    if (before != null && before.since().equals(stall.since())) return false;
    var reason = "in " + stall.method() + " since " + stall.since() + "\n" + stall.stack();
    events.add(id.connector(), id.toString(), "STALLED", reason);
    return true;
  }

  /** The work is in no such call; whether it was. */
  boolean stallOver(WorkId id) {
    if (stalls.isEmpty() || stalls.remove(id) == null) return false;
    events.add(id.connector(), id.toString(), "STALL_OVER", "");
    return true;
  }

  /** The call that the work has not returned from for long; empty for work of other workers. */
  public Optional<Stall> stall(WorkId id) {
    return Optional.ofNullable(stalls.get(id));
  }

  /** How many pieces of this worker's work have not returned from a call for long. */
  public int stalls() {
    return stalls.size();
  }

  void restartsAhead(Map<WorkId, NextRestart> ahead) {
    restarts = Map.copyOf(ahead);
  }

  /**
   * When failed work will be restarted by itself, in milliseconds since 1970; empty when it will
   * not, and for work of other workers.
   */
  public Optional<NextRestart> nextRestart(WorkId id) {
    return Optional.ofNullable(restarts.get(id));
  }

  /** The statuses of a connector's tasks, by number. */
  public SortedMap<Integer, Entry> tasksOf(String connector) {
    var tasks = new TreeMap<Integer, Entry>();
    shared.ifPresent(s -> s.tasksOf(connector).forEach((n, seen) -> tasks.put(n, entry(seen))));
    entries
        .subMap(new WorkId(connector, 0), true, new WorkId(connector, Integer.MAX_VALUE), true)
        .forEach((id, entry) -> tasks.put(id.task(), entry));
    return tasks;
  }
}

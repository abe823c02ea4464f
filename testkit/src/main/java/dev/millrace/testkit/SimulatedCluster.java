package dev.millrace.testkit;

import dev.millrace.model.Command;
import dev.millrace.model.CommandResult;
import dev.millrace.model.Membership;
import dev.millrace.model.WorkId;
import dev.millrace.model.WorkSpec;
import dev.millrace.model.control.Action;
import dev.millrace.model.control.ControlCore;
import dev.millrace.model.control.ControlTimes;
import dev.millrace.model.control.Event;
import dev.millrace.model.restarts.RestartPolicy;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A cluster of {@link ControlCore}s on a virtual clock: a log, a group and a network with delays,
 * lost and late appends, lost answers, crashes, restarts, partitions, processes that are suspended
 * while time goes on, failing work and late stops. One seed replays a run. Single-threaded.
 *
 * <p>Checked after every start of work: it runs on no other member. {@link #settled()} says what is
 * wrong once nothing happens any more.
 */
public final class SimulatedCluster {

  static final ControlTimes TIMES = new ControlTimes(200, 200, 400, 300, 1_000);
  private static final long SESSION_MS = 300;
  private static final long ISOLATION_MS = 250;
  private static final int STOP_MS_MAX = 240;
  private static final int ANNOUNCEMENTS = 6; // of which some get lost
  private static final int READ_AT_ONCE = 20;
  private static final int REPORTS_MAX = 5_000; // of a member in a run; some hundred are many
  private static final int LATE_MS_MAX = 1_500;
  private static final long TICK_MS = 100;
  private static final RestartPolicy RESTARTS = new RestartPolicy(true, 100, 2_000, 0.2, -1, 1_000);

  private final Chance chance;
  private final Agenda agenda = new Agenda();
  private final SimulatedLog log = new SimulatedLog();
  private final SimulatedWriter writer;
  private final SortedMap<String, SimulatedMember> members = new TreeMap<>(); // dead ones, too
  private final Map<String, SimulatedMember> incarnations = new HashMap<>();
  private final SortedMap<String, Event.Reported> reports = new TreeMap<>();
  private TreeSet<String> group = new TreeSet<>();
  private String leader = "";
  private int generation;
  private boolean rejoining;
  private int births;
  private long requests;
  private Optional<String> violation = Optional.empty();

  /** A cluster without workers, whose every chance follows from the seed. */
  public SimulatedCluster(long seed) {
    this.chance = new Chance(seed);
    this.writer = new SimulatedWriter(chance, agenda, log, new Readers());
  }

  /** Starts a worker; the same name again is a new incarnation. */
  public void boot(String worker) {
    String id = worker + "#" + ++births;
    var core = new ControlCore(id, TIMES, RESTARTS);
    var member = new SimulatedMember(id, core, chance.below(1_000_000));
    incarnations.put(worker, member);
    members.put(id, member);
    read(member);
    readReports(member);
    tick(member);
    agenda.after(chance.delay(), () -> regroup(true));
  }

  public boolean isUp(String worker) {
    var member = incarnations.get(worker);
    return member != null && member.up;
  }

  /** The worker is gone at once; the group notices after the session timeout. */
  public void crash(String worker) {
    var member = incarnations.get(worker);
    member.end();
    member.fallsSilent(agenda.now());
    agenda.after(SESSION_MS, () -> regroup(false));
  }

  /**
   * The worker says that it will be back, ends in order, and is back when the given time has
   * passed; 0: nobody starts it again.
   *
   * @param holdMs for how long its work shall be held
   */
  public void restart(String worker, long holdMs, long backAfterMs) {
    announce(worker, incarnations.get(worker), holdMs, backAfterMs, ANNOUNCEMENTS);
  }

  private void announce(
      String worker, SimulatedMember member, long holdMs, long backAfterMs, int attemptsLeft) {
    if (!member.up) return;
    if (attemptsLeft > 0 && !member.core.state().expected().containsKey(member.id)) {
      ask(member.id, new Command.Expect(member.id, holdMs), 1);
      agenda.after(500, () -> announce(worker, member, holdMs, backAfterMs, attemptsLeft - 1));
      return;
    }
    member.end();
    member.leaves();
    agenda.after(chance.delay(), () -> regroup(false));
    if (backAfterMs == 0) return;
    agenda.after(
        backAfterMs,
        () -> {
          if (!isUp(worker)) boot(worker);
        });
  }

  /** Which workers run how much. */
  public SortedMap<String, Integer> loads() {
    var loads = new TreeMap<String, Integer>();
    incarnations.forEach((worker, member) -> loads.put(worker, member.running.size()));
    return loads;
  }

  /** The worker's network is gone for so long. */
  public void partition(String worker, long millis) {
    var member = incarnations.get(worker);
    if (member.cutOff) return;
    member.cutOff = true;
    silent(member);
    agenda.after(
        millis,
        () -> {
          member.cutOff = false;
          back(member);
        });
  }

  /** Nobody reaches Kafka for so long. */
  public void outage(long millis) {
    incarnations.forEach(
        (worker, member) -> {
          if (member.up) partition(worker, millis);
        });
  }

  /**
   * The worker's process is suspended for so long, as by SIGSTOP or when its machine is moved: its
   * clock jumps. Work that it has beyond the session timeout cannot be kept from running for a
   * moment when it wakes; it may begin none.
   */
  public void freeze(String worker, long millis) {
    var member = incarnations.get(worker);
    if (member.frozen) return;
    member.frozen = true;
    silent(member);
    agenda.after(millis, () -> wake(member));
  }

  /** The worker is in contact with the group, and reads nothing of the log for so long. */
  public void lag(String worker, long millis) {
    var member = incarnations.get(worker);
    member.readsFrom = agenda.now() + millis;
    agenda.after(millis, () -> read(member));
  }

  private void wake(SimulatedMember member) {
    if (!member.up) return;
    member.frozen = false;
    if (member.silentFor(ISOLATION_MS, agenda.now())) {
      member.stale.addAll(member.running);
      deliver(member, new Event.Isolated());
      agenda.after(STOP_MS_MAX + 1, () -> checkStale(member));
    }
    while (!member.waiting.isEmpty() && !member.frozen) member.waiting.poll().run();
    back(member);
  }

  private void checkStale(SimulatedMember member) {
    boolean awake = member.up && !member.frozen;
    if (awake && !member.stale.isEmpty()) violated(member.id + " goes on with " + member.stale);
  }

  private void silent(SimulatedMember member) {
    if (!member.fallsSilent(agenda.now())) return;
    long since = agenda.now();
    agenda.after(
        ISOLATION_MS,
        () -> {
          if (member.silentSince == since && !member.frozen) deliver(member, new Event.Isolated());
        });
    agenda.after(SESSION_MS, () -> regroup(false));
  }

  private void back(SimulatedMember member) {
    if (!member.inContact()) return;
    boolean rejoins =
        member.silentFor(ISOLATION_MS, agenda.now()) || member.toldGeneration != generation;
    member.silentSince = SimulatedMember.NEVER;
    read(member);
    readReports(member);
    agenda.after(chance.delay(), () -> regroup(rejoins));
  }

  private void readReports(SimulatedMember member) {
    for (var of : reports.keySet())
      agenda.after(chance.below(LATE_MS_MAX), () -> deliver(member, reports.get(of)));
  }

  /** A piece of running work, picked by chance, fails. */
  public void failSomething() {
    var candidates =
        members.values().stream()
            .filter(SimulatedMember::inContact)
            .flatMap(m -> m.running.stream().map(work -> Map.entry(m, work)))
            .toList();
    if (candidates.isEmpty()) return;
    var picked = candidates.get(chance.below(candidates.size()));
    if (picked.getKey().core.held().containsKey(picked.getValue())) {
      deliver(picked.getKey(), new Event.WorkFailed(picked.getValue()));
    }
  }

  /** For so long nobody may write the log. */
  public void refuse(long millis) {
    writer.refuse(millis);
  }

  /** What is outdated is compacted, for those who come later or read late. */
  public void compact() {
    log.compact(up().stream().mapToInt(m -> m.cursor).min().orElse(0), chance);
  }

  /** Sends a command to a worker picked by chance, which knows the leader or does not. */
  public void ask(Command command) {
    var up = List.copyOf(up());
    if (!up.isEmpty()) ask(up.get(chance.below(up.size())).id, command, 1);
  }

  private void ask(String member, Command command, int hopsLeft) {
    agenda.after(chance.delay(), () -> asked(member, command, hopsLeft));
  }

  private void asked(String id, Command command, int hopsLeft) {
    var member = members.get(id);
    if (member == null || !member.inContact()) return;
    long request = ++requests;
    for (var action :
        member.core.step(member.clock(agenda.now()), new Event.Asked(request, command))) {
      boolean elsewhere =
          action instanceof Action.Reply reply
              && reply.request() == request
              && reply.result() instanceof CommandResult.NotLeader;
      if (!elsewhere) {
        perform(member, action);
      } else if (hopsLeft > 0 && !member.core.membership().leader().isEmpty()) {
        ask(member.core.membership().leader(), command, hopsLeft - 1);
      }
    }
  }

  /** From now on nothing gets lost or is late. */
  public void calm() {
    chance.calm();
  }

  /** Lets time pass; stops at the first violation. */
  public void run(long millis) {
    long end = agenda.now() + millis;
    boolean more = true;
    while (more && violation.isEmpty()) more = agenda.next(end);
    agenda.advance(end);
  }

  public Optional<String> violation() {
    return violation;
  }

  private void violated(String what) {
    if (violation.isEmpty()) violation = Optional.of("at " + agenda.now() + " ms " + what);
  }

  /** Facts in the log so far. */
  public int logSize() {
    return (int) log.end() + 1;
  }

  /** How often members have told the leader what they hold. */
  public int reports() {
    return members.values().stream().mapToInt(m -> m.reports).sum();
  }

  /**
   * What is not as the log wants it, if anything. For a time when all are up and nothing is under
   * way.
   */
  public Optional<String> settled() {
    if (violation.isPresent()) return violation;
    if (!members.containsKey(leader)) return Optional.of("nobody leads");
    return new Settlement(up(), members.get(leader).core.state(), log.end()).fault();
  }

  private Collection<SimulatedMember> up() {
    return members.values().stream().filter(m -> m.up).toList();
  }

  /**
   * A generation forms as soon as all of the old one that are not given up have answered; members
   * that were not heard of for the session timeout are given up.
   *
   * @param rejoins whether somebody joins, again or for the first time
   */
  private void regroup(boolean rejoins) {
    rejoining |= rejoins;
    members.values().removeIf(m -> !m.up && !group.contains(m.id)); // whom nobody knows any more
    var next = new TreeSet<String>();
    for (var member : members.values()) {
      boolean known = group.contains(member.id);
      boolean expired = member.silentFor(SESSION_MS, agenda.now());
      if (member.inContact()) next.add(member.id);
      else if (known && !expired) return; // waits for its answer
    }
    if (next.equals(group) && !rejoining) return;
    rejoining = false;
    group = next;
    generation++;
    if (group.isEmpty()) return;
    if (!group.contains(leader)) leader = List.copyOf(group).get(chance.below(group.size()));
    var formed = new Membership(generation, leader, group, log.visible());
    for (var id : group) {
      var member = members.get(id);
      agenda.after(
          chance.delay(),
          () -> {
            if (formed.generation() == generation && member.inContact()) tell(member, formed);
          });
    }
  }

  private void tell(SimulatedMember member, Membership formed) {
    member.toldGeneration = formed.generation();
    deliver(member, new Event.Joined(formed));
  }

  /** Reads on, some facts at a time, as long as there are some. */
  private void read(SimulatedMember member) {
    if (member.reading || !member.reads(agenda.now())) return;
    if (log.next(member.cursor) > log.visible()) return;
    member.reading = true;
    agenda.after(
        chance.delay(),
        () -> {
          member.reading = false;
          if (!member.reads(agenda.now())) return;
          readOn(member, log.visible(), 1 + chance.below(READ_AT_ONCE));
          read(member);
        });
  }

  private void readOn(SimulatedMember member, long end, int atMost) {
    for (int at = log.next(member.cursor); at <= end && atMost-- > 0; ) {
      member.cursor = at + 1;
      deliver(member, new Event.FactRead(at, log.at(at)));
      at = log.next(member.cursor);
    }
  }

  private void tick(SimulatedMember member) {
    agenda.after(
        TICK_MS,
        () -> {
          if (!member.up) return;
          if (!member.frozen) deliver(member, new Event.Tick());
          tick(member);
        });
  }

  private void deliver(SimulatedMember member, Event event) {
    if (!member.up) return;
    if (member.frozen) {
      member.waiting.add(() -> deliver(member, event));
      return;
    }
    for (var action : member.core.step(member.clock(agenda.now()), event)) perform(member, action);
  }

  private void perform(SimulatedMember member, Action action) {
    switch (action) {
      case Action.Start(var spec) -> start(member, spec);
      case Action.Stop(var work) -> {
        member.stopsBy(work, agenda.now() + STOP_MS_MAX);
        agenda.after(1 + chance.below(STOP_MS_MAX), () -> stopped(member, work));
      }
      case Action.Retarget ignored -> {}
      case Action.Claim(var of) -> writer.claim(member, of);
      case Action.Append append -> writer.append(member, append);
      case Action.Report(var held, var offset) ->
          report(member, new Event.Reported(member.id, held, offset));
      case Action.Submit(var command) -> {
        var leads = members.get(member.core.membership().leader());
        if (member.inContact() && leads != null) send(leads, new Event.Asked(0, command));
      }
      case Action.RefuseTasks(var refusal) -> {
        if (member.inContact()) tellRefused(new Event.TasksRefused(refusal));
      }
      case Action.Fail(var instance, var why) ->
          agenda.after(chance.delay(), () -> deliver(member, new Event.WorkFailed(instance)));
      case Action.Reply(var request, CommandResult.Done done) -> {
        if (member.core.state().offset() < done.offset()) {
          violated(member.id + " has answered " + request + " before it has read " + done);
        }
      }
      case Action.Reply ignored -> {}
    }
  }

  private void stopped(SimulatedMember member, WorkId work) {
    if (!member.up) return;
    if (member.frozen) {
      member.waiting.add(() -> stopped(member, work));
      return;
    }
    member.running.remove(work);
    member.stale.remove(work);
    member.noStopDue(work);
    deliver(member, new Event.WorkStopped(work));
  }

  private void report(SimulatedMember member, Event.Reported report) {
    if (++member.reports > REPORTS_MAX) violated(member.id + " reports without end");
    if (!member.inContact() || group.isEmpty()) return;
    boolean lost = chance.oneIn(20);
    long arrives = Math.max(agenda.now() + chance.delay(), member.reportArrives);
    member.reportArrives = arrives; // they never overtake each other
    if (!lost) agenda.after(arrives - agenda.now(), () -> told(report));
  }

  /** All hear of it, as by the status topic; who comes later hears of the newest of each member. */
  private void told(Event.Reported report) {
    reports.put(report.member(), report);
    members.values().stream().filter(m -> !m.cutOff).forEach(m -> deliver(m, report));
  }

  /** Everybody reads it, unless it gets lost; it is about the instance of one. */
  private void tellRefused(Event.TasksRefused refused) {
    if (chance.oneIn(20)) return;
    members.values().forEach(member -> send(member, refused));
  }

  private void send(SimulatedMember member, Event event) {
    agenda.after(
        chance.delay(),
        () -> {
          if (member.inContact()) deliver(member, event);
        });
  }

  private void start(SimulatedMember member, WorkSpec spec) {
    member.running.add(spec.id());
    member.noStopDue(spec.id());
    for (var other : members.values()) {
      if (other == member || !other.running.contains(spec.id())) continue;
      boolean known = group.contains(other.id);
      if (!other.holdsOnlyBySuspension(spec.id(), known, SESSION_MS, agenda.now())) {
        violated(spec.id() + " runs on " + other.id + " and on " + member.id);
      }
    }
    if (!spec.id().isInstance()) return;
    String name = spec.id().connector();
    var generated = new Event.TasksGenerated(name, spec.asOf(), member.taskConfigs(name));
    agenda.after(
        chance.delay(),
        () -> {
          if (member.running.contains(spec.id())) deliver(member, generated);
        });
  }

  /** Who hears of what is written. */
  private final class Readers implements SimulatedWriter.Members {
    @Override
    public void deliver(SimulatedMember member, Event event) {
      SimulatedCluster.this.deliver(member, event);
    }

    @Override
    public void read() {
      members.values().forEach(SimulatedCluster.this::read);
    }

    @Override
    public void readOn(SimulatedMember member, long end) {
      SimulatedCluster.this.readOn(member, end, Integer.MAX_VALUE);
    }
  }
}

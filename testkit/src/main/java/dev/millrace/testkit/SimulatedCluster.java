package dev.millrace.testkit;

import dev.millrace.model.Command;
import dev.millrace.model.CommandResult;
import dev.millrace.model.Fact;
import dev.millrace.model.Membership;
import dev.millrace.model.TargetState;
import dev.millrace.model.WorkId;
import dev.millrace.model.WorkSpec;
import dev.millrace.model.control.Action;
import dev.millrace.model.control.ControlCore;
import dev.millrace.model.control.ControlTimes;
import dev.millrace.model.control.Event;
import dev.millrace.model.control.Held;
import dev.millrace.model.restarts.RestartPolicy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * A cluster of {@link ControlCore}s on a virtual clock: a log, a group and a network with delays,
 * lost appends, lost answers, crashes, restarts, partitions, failing work and late stops. One seed
 * replays a run. Single-threaded.
 *
 * <p>Checked after every start of work: it runs on no other member. {@link #settled()} says what is
 * wrong once nothing happens any more.
 */
public final class SimulatedCluster {

  private static final long SESSION_MS = 300;
  private static final long ISOLATED_BEFORE_MS = 50;
  private static final int STOP_MS_MAX = 150;
  private static final int NET_MS_MAX = 40;
  private static final int ANNOUNCEMENTS = 6; // of which some get lost
  private static final ControlTimes TIMES = new ControlTimes(400, 200, 300, 1_000);

  private static final RestartPolicy RESTARTS = new RestartPolicy(true, 100, 2_000, 0.2, -1, 1_000);

  private record Timed(long at, long order, Runnable run) implements Comparable<Timed> {
    @Override
    public int compareTo(Timed that) {
      return at != that.at ? Long.compare(at, that.at) : Long.compare(order, that.order);
    }
  }

  private final Random random;
  private final PriorityQueue<Timed> agenda = new PriorityQueue<>();
  private final List<Fact> log = new ArrayList<>();
  private final Set<Integer> compacted = new HashSet<>(); // not there any more for new readers
  private final SortedMap<String, ControlCore> alive = new TreeMap<>();
  private final Map<String, Integer> cursors = new HashMap<>();
  private final Map<String, String> incarnations = new HashMap<>();
  private final Set<String> cutOff = new HashSet<>();
  private final Map<String, Long> lastReports = new HashMap<>();
  private final SortedMap<WorkId, Set<String>> running = new TreeMap<>();
  private TreeSet<String> group = new TreeSet<>();
  private int generation;
  private int claimedGeneration;
  private int claim;
  private int births;
  private long requests;
  private long now;
  private long order;
  private Optional<String> violation = Optional.empty();

  /** A cluster without workers, whose every chance follows from the seed. */
  public SimulatedCluster(long seed) {
    this.random = new Random(seed);
  }

  /** Starts a worker; the same name again is a new incarnation. */
  public void boot(String worker) {
    String member = worker + "#" + ++births;
    incarnations.put(worker, member);
    alive.put(member, new ControlCore(member, TIMES, RESTARTS));
    cursors.put(member, 0);
    tail(member);
    tick(member);
    after(net(), this::regroup);
  }

  public boolean isUp(String worker) {
    return alive.containsKey(incarnations.getOrDefault(worker, ""));
  }

  /** The worker is gone at once; the group notices after the session timeout. */
  public void crash(String worker) {
    String member = incarnations.get(worker);
    alive.remove(member);
    running.values().forEach(where -> where.remove(member));
    after(SESSION_MS, this::regroup);
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
      String worker, String member, long holdMs, long backAfterMs, int attemptsLeft) {
    var core = alive.get(member);
    if (core == null) return;
    if (attemptsLeft > 0 && !core.state().expected().containsKey(member)) {
      ask(member, new Command.Expect(member, holdMs), 1);
      after(500, () -> announce(worker, member, holdMs, backAfterMs, attemptsLeft - 1));
      return;
    }
    alive.remove(member);
    running.values().forEach(where -> where.remove(member));
    after(net(), this::regroup);
    if (backAfterMs == 0) return;
    after(
        backAfterMs,
        () -> {
          if (!isUp(worker)) boot(worker);
        });
  }

  /** Which workers run how much. */
  public SortedMap<String, Integer> loads() {
    var loads = new TreeMap<String, Integer>();
    incarnations.forEach(
        (worker, member) -> {
          long here = running.values().stream().filter(where -> where.contains(member)).count();
          loads.put(worker, (int) here);
        });
    return loads;
  }

  /** The worker's network is gone for a while. */
  public void partition(String worker) {
    String member = incarnations.get(worker);
    if (!cutOff.add(member)) return;
    after(
        SESSION_MS - ISOLATED_BEFORE_MS,
        () -> {
          if (cutOff.contains(member)) deliver(member, new Event.Isolated());
        });
    after(
        SESSION_MS,
        () -> {
          if (cutOff.contains(member)) regroup();
        });
    after(
        SESSION_MS + random.nextInt(600),
        () -> {
          if (cutOff.remove(member)) regroup();
        });
  }

  /** A piece of running work, picked by chance, fails. */
  public void failSomething() {
    var candidates = running.entrySet().stream().filter(e -> !e.getValue().isEmpty()).toList();
    if (candidates.isEmpty()) return;
    var picked = candidates.get(random.nextInt(candidates.size()));
    for (var member : List.copyOf(picked.getValue())) {
      var held = alive.get(member).held().get(picked.getKey());
      if (held != null) deliver(member, new Event.WorkFailed(picked.getKey()));
    }
  }

  /**
   * Of what all have read, only the newest of each kind about the same thing is left to those who
   * come later; by chance not even that of deleted connectors.
   */
  public void compact() {
    int readByAll = alive.keySet().stream().mapToInt(cursors::get).min().orElse(0);
    var newest = new HashMap<String, Integer>();
    for (int at = 0; at < readByAll; at++) {
      if (compacted.contains(at)) continue;
      Integer older = newest.put(keyOf(log.get(at)), at);
      if (older != null) compacted.add(older);
      if (log.get(at) instanceof Fact.Deleted && random.nextBoolean()) compacted.add(at);
    }
  }

  /** As in the config topic: a deletion is a tombstone of the configuration. */
  private static String keyOf(Fact fact) {
    String kind =
        switch (fact) {
          case Fact.Configured ignored -> "connector";
          case Fact.Deleted ignored -> "connector";
          case Fact.TaskRestartAsked(var name, var task) -> "restart-task-" + task;
          case Fact.Expected(var member, var holdMs) -> "expected-" + member;
          case Fact other -> other.getClass().getSimpleName();
        };
    return kind + "/" + fact.connector();
  }

  /** Sends a command to a worker picked by chance, which knows the leader or does not. */
  public void ask(Command command) {
    if (alive.isEmpty()) return;
    var members = List.copyOf(alive.keySet());
    ask(members.get(random.nextInt(members.size())), command, 1);
  }

  private void ask(String member, Command command, int hopsLeft) {
    after(net(), () -> deliverAsked(member, command, hopsLeft));
  }

  private void deliverAsked(String member, Command command, int hopsLeft) {
    var core = alive.get(member);
    if (core == null || cutOff.contains(member)) return;
    long request = ++requests;
    for (var action : core.step(now, new Event.Asked(request, command))) {
      boolean elsewhere =
          action instanceof Action.Reply reply
              && reply.request() == request
              && reply.result() instanceof CommandResult.NotLeader;
      if (!elsewhere) {
        perform(member, action);
      } else if (hopsLeft > 0 && !core.membership().leader().isEmpty()) {
        ask(core.membership().leader(), command, hopsLeft - 1);
      }
    }
  }

  /** Lets time pass; stops at the first violation. */
  public void run(long millis) {
    long end = now + millis;
    while (!agenda.isEmpty() && agenda.peek().at() <= end && violation.isEmpty()) {
      var next = agenda.poll();
      now = Math.max(now, next.at());
      next.run().run();
    }
    now = end;
  }

  public Optional<String> violation() {
    return violation;
  }

  /** Facts in the log so far. */
  public int logSize() {
    return log.size();
  }

  /**
   * What is not as the log wants it, if anything. For a time when all are up and nothing is under
   * way.
   */
  public Optional<String> settled() {
    if (violation.isPresent()) return violation;
    var state = alive.get(group.first()).state();
    for (var spec : state.work().values()) {
      var where = running.getOrDefault(spec.id(), Set.of());
      if (where.size() != 1) return Optional.of(spec.id() + " runs on " + where + " of " + group);
      var held = alive.get(where.iterator().next()).held().get(spec.id());
      var own = alive.get(where.iterator().next()).state().work().get(spec.id());
      if (own == null || held.asOf() < own.version()) {
        return Optional.of("stale version of " + spec.id());
      }
      if (held.phase() == Held.Phase.FAILED && spec.target() == TargetState.STARTED) {
        return Optional.of(spec.id() + " has failed and was not brought back");
      }
      if (held.target() != spec.target()) return Optional.of("wrong target of " + spec.id());
    }
    for (var entry : running.entrySet()) {
      if (!state.work().containsKey(entry.getKey()) && !entry.getValue().isEmpty()) {
        return Optional.of("unwanted " + entry.getKey() + " on " + entry.getValue());
      }
    }
    for (var connector : state.connectors().entrySet()) {
      int wanted = tasksOf(connector.getValue().config());
      boolean started = connector.getValue().target() == TargetState.STARTED;
      if (started && active(connector.getKey()) && connector.getValue().tasks().size() != wanted) {
        return Optional.of("tasks of " + connector.getKey() + " were not published");
      }
    }
    return balanced(true).or(() -> balanced(false));
  }

  /** Failed instances publish nothing. */
  private boolean active(String connector) {
    var instance = WorkId.instance(connector);
    return alive.values().stream()
        .map(core -> core.held().get(instance))
        .anyMatch(held -> held != null && held.phase() == Held.Phase.ACTIVE);
  }

  private Optional<String> balanced(boolean instances) {
    var loads =
        alive.values().stream()
            .mapToLong(
                c -> c.held().keySet().stream().filter(w -> w.isInstance() == instances).count())
            .summaryStatistics();
    return loads.getMax() - loads.getMin() > 1
        ? Optional.of("unbalanced " + loads)
        : Optional.empty();
  }

  private void regroup() {
    var members = new TreeSet<>(alive.keySet());
    members.removeAll(cutOff);
    if (members.equals(group)) return;
    group = members;
    generation++;
    if (group.isEmpty()) return;
    var joined = new Membership(generation, group.first(), group, log.size() - 1L);
    for (var member : group) {
      after(
          net(),
          () -> {
            boolean still = joined.generation() == generation && !cutOff.contains(member);
            if (still) deliver(member, new Event.Joined(joined));
          });
    }
  }

  private void tail(String member) {
    after(
        net(),
        () -> {
          if (!alive.containsKey(member)) return;
          int at = cursors.get(member);
          while (compacted.contains(at)) at++;
          if (!cutOff.contains(member) && at < log.size()) {
            cursors.put(member, at + 1);
            deliver(member, new Event.FactRead(at, log.get(at)));
          }
          tail(member);
        });
  }

  private void tick(String member) {
    after(
        50,
        () -> {
          if (!alive.containsKey(member)) return;
          deliver(member, new Event.Tick());
          tick(member);
        });
  }

  private void deliver(String member, Event event) {
    var core = alive.get(member);
    if (core == null) return;
    for (var action : core.step(now, event)) perform(member, action);
  }

  private void perform(String member, Action action) {
    switch (action) {
      case Action.Start(var spec) -> start(member, spec);
      case Action.Stop(var work) ->
          after(
              1 + random.nextInt(STOP_MS_MAX),
              () -> {
                running.getOrDefault(work, new HashSet<>()).remove(member);
                deliver(member, new Event.WorkStopped(work));
              });
      case Action.Retarget ignored -> {}
      case Action.Claim(var of) -> claim(member, of);
      case Action.Append append -> append(member, append);
      case Action.Report(var held, var offset) -> {
        if (cutOff.contains(member) || group.isEmpty()) return;
        int sentIn = generation;
        String leader = group.first();
        boolean lost = random.nextInt(20) == 0;
        long arrives = Math.max(now + net(), lastReports.getOrDefault(member, 0L));
        lastReports.put(member, arrives); // they never overtake each other
        after(
            arrives - now,
            () -> {
              if (lost || sentIn != generation || cutOff.contains(leader)) return;
              deliver(leader, new Event.Reported(member, held, offset));
            });
      }
      case Action.Submit(var command) -> {
        String leader = alive.get(member).membership().leader();
        if (!cutOff.contains(member)) ask(leader, command, 0);
      }
      case Action.Reply ignored -> {}
    }
  }

  private void start(String member, WorkSpec spec) {
    var where = running.computeIfAbsent(spec.id(), w -> new HashSet<>());
    where.add(member);
    if (where.size() > 1 && violation.isEmpty()) {
      violation = Optional.of("at " + now + " ms " + spec.id() + " runs on " + where);
    }
    if (!spec.id().isInstance()) return;
    var connector = alive.get(member).state().connectors().get(spec.id().connector());
    int tasks = tasksOf(connector.config());
    var configs = IntStream.range(0, tasks).mapToObj(i -> Map.of("task", i + "/" + tasks)).toList();
    after(
        net(),
        () -> {
          boolean still = running.getOrDefault(spec.id(), Set.of()).contains(member);
          if (still) {
            deliver(member, new Event.TasksGenerated(spec.id().connector(), spec.asOf(), configs));
          }
        });
  }

  private static int tasksOf(Map<String, String> config) {
    return Integer.parseInt(config.get("tasks.max"));
  }

  private void claim(String member, int of) {
    after(
        net(),
        () -> {
          if (cutOff.contains(member) || of < claimedGeneration) return;
          claimedGeneration = of;
          int number = ++claim;
          long end = log.size() - 1L;
          after(
              net(),
              () -> {
                if (!cutOff.contains(member)) deliver(member, new Event.Claimed(of, number, end));
              });
        });
  }

  private void append(String member, Action.Append append) {
    after(
        net() * 5L,
        () -> {
          boolean lost = random.nextInt(20) == 0;
          if (cutOff.contains(member) || append.claim() != claim || lost) return;
          for (Fact fact : append.facts()) {
            log.add(fact);
            if (!(fact instanceof Fact.Deleted(var name))) continue;
            log.add(new Fact.Retargeted(name, TargetState.STARTED)); // as its records tell
            log.add(new Fact.TasksComputed(name, List.of()));
          }
          long end = log.size() - 1L;
          if (random.nextInt(20) == 0) return; // the answer gets lost
          after(net(), () -> deliver(member, new Event.Appended(append.proposal(), end)));
        });
  }

  private int net() {
    return 1 + random.nextInt(NET_MS_MAX);
  }

  private void after(long millis, Runnable run) {
    agenda.add(new Timed(now + millis, order++, run));
  }
}

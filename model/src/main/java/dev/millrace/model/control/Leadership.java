package dev.millrace.model.control;

import dev.millrace.model.ClusterState;
import dev.millrace.model.Command;
import dev.millrace.model.CommandResult;
import dev.millrace.model.Fact;
import dev.millrace.model.Membership;
import dev.millrace.model.Rejection;
import dev.millrace.model.TargetState;
import dev.millrace.model.TasksRefusal;
import dev.millrace.model.WorkId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * The leader's part of a {@link ControlCore}: claims the log, decides commands and leases, and
 * writes one batch of facts at a time. Owned by the core's thread.
 *
 * <p>Rules that simulation proved necessary: it plans only after reading to the end found by its
 * claim; a proposal of unknown fate is followed by a new claim, which shuts the old append out; and
 * it marks each generation in the log, since a member that comes back may not act on what was
 * decided while it counted as gone.
 */
final class Leadership {

  private static final int MAX_WAITING = 1_000;

  /** Whoever asks so soon after an answer sends one request after another. */
  private static final long IN_A_ROW_MS = 50;

  /** How long what workers ask for then waits for the next request. */
  private static final long TOGETHER_MS = 20;

  private record Waiting(long request, Command command) {
    /** Nobody waits for its answer; what is not done is asked for again. */
    boolean isWorkers() {
      return request == 0;
    }
  }

  /** What a command is answered with, once the facts that it made are in the log. */
  private record Answer(Waiting asked, List<Fact> made, CommandResult.Done result) {
    long request() {
      return asked.request();
    }
  }

  /** One batch on its way into the log. {@code end} is -1 until the log has confirmed it. */
  private record Proposal(long number, long deadline, long end, List<Answer> answers) {
    boolean isForPeople() {
      return answers.stream().anyMatch(answer -> answer.request() != 0);
    }
  }

  private final ControlTimes times;
  private final Map<String, Long> departed = new HashMap<>();
  private final Map<String, Event.Reported> reports = new HashMap<>();
  private final Holds holds = new Holds();
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private final List<Waiting> awaitingStop = new ArrayList<>(); // decided, and not yet answered
  private final Rhythm rhythm = new Rhythm();
  private long leaderSince;
  private long claimedTo = Long.MAX_VALUE;
  private long reportsFrom = Long.MAX_VALUE;
  private int claim;
  private long retryAt;
  private long dueAt = Long.MAX_VALUE;
  private long proposals;
  private Proposal proposal;
  private Rejection refusedBy; // why the log takes nothing of this worker's, or null
  private boolean unproven; // it has refused something, and has taken nothing since
  private final Refusals refusals = new Refusals();
  private ClusterState placed = ClusterState.EMPTY;
  private Membership placedFor = Membership.NONE;
  private List<WorkId> unplaced = List.of(); // then

  Leadership(ControlTimes times) {
    this.times = times;
  }

  /**
   * When who asked for something. Each batch of facts is a transaction of its own, and the next one
   * waits for its end: so when requests come one after another, the tasks that the last one led to
   * are written with the next one.
   */
  private static final class Rhythm {
    private long answeredAt = Long.MIN_VALUE / 2;
    private boolean inARow;
    private long workersSince;

    void asked(long now, Waiting newer, boolean first, boolean underWay) {
      if (first) workersSince = now;
      if (!newer.isWorkers()) inARow = underWay || now - answeredAt <= IN_A_ROW_MS;
    }

    void answered(long now) {
      answeredAt = now;
    }

    /** Until when what waits is held back; in the past when it is not. */
    long until(Collection<Waiting> waiting) {
      boolean held = inARow && !waiting.isEmpty() && waiting.stream().allMatch(Waiting::isWorkers);
      return held ? workersSince + TOGETHER_MS : Long.MIN_VALUE;
    }
  }

  /**
   * A new generation: what was claimed or proposed in the old one counts no more, unless this
   * worker led that one, too. Then it goes on; should somebody else have led in between, that
   * leader's claim has shut this one out, and the next append says so.
   */
  List<Action> joined(long now, String self, Membership before, Membership after) {
    departed.values().removeIf(left -> isPast(now, left));
    for (var old : before.members()) {
      if (after.members().contains(old)) continue;
      departed.put(old, now);
      reports.remove(old); // those of others stay true: they say how far they had read
    }
    after.members().forEach(departed::remove);
    if (self.equals(before.leader()) && self.equals(after.leader())) return List.of();
    leaderSince = now;
    reportsFrom = Long.MAX_VALUE;
    claimedTo = Long.MAX_VALUE;
    retryAt = now;
    refusedBy = null;
    var answers = new ArrayList<Action>(abandonProposal());
    if (!self.equals(after.leader())) answers.addAll(redirect(after.leader()));
    return answers;
  }

  /** Out of the group: nothing can be decided any more. */
  List<Action> isolated() {
    claimedTo = Long.MAX_VALUE;
    var answers = new ArrayList<Action>(abandonProposal());
    answers.addAll(redirect(""));
    return answers;
  }

  void claimed(Event.Claimed event) {
    claim = event.claim();
    claimedTo = event.end();
  }

  void appended(Event.Appended event) {
    if (proposal == null || proposal.number() != event.proposal()) return;
    proposal =
        new Proposal(proposal.number(), proposal.deadline(), event.end(), proposal.answers());
  }

  /**
   * Whoever asked for what was surely not written is asked for no patience: it is proposed again
   * under the next claim, without the facts that the log does not take.
   */
  List<Action> appendFailed(long now, Event.AppendFailed failed) {
    if (proposal == null || proposal.number() != failed.proposal()) return List.of();
    claimedTo = Long.MAX_VALUE; // nothing more can be written under it
    if (!failed.certain()) return abandonProposal();
    refusals.note(now, failed.refused());
    var actions = new ArrayList<Action>();
    for (var answer : proposal.answers().reversed()) {
      refusals
          .of(now, answer.made())
          .ifPresentOrElse(
              why -> actions.add(rejected(answer.asked(), why)),
              () -> waiting.addFirst(answer.asked()));
    }
    proposal = null;
    return actions;
  }

  /** The next claim is made after a pause; until then nobody waits for it. */
  void refused(long now, Rejection why) {
    refusedBy = why;
    unproven = true;
    claimedTo = Long.MAX_VALUE;
    retryAt = now + times.refusedRetryMs();
  }

  /** The log cannot be used: what it will say is not waited for. */
  List<Action> troubled(Rejection why) {
    claimedTo = Long.MAX_VALUE;
    var answers = new ArrayList<Action>(abandonProposal());
    answers.addAll(rejectWaiting(why));
    return answers;
  }

  void reported(Event.Reported report) {
    reports.merge(report.member(), report, (a, b) -> a.offset() > b.offset() ? a : b);
  }

  List<Action> asked(long now, Event.Asked asked) {
    var newer = new Waiting(asked.request(), asked.command());
    if (newer.isWorkers() && waiting.contains(newer)) return List.of();
    if (waiting.size() >= MAX_WAITING) {
      return List.of(
          reject(
              asked.request(),
              Rejection.Code.UNAVAILABLE,
              "The leader has " + MAX_WAITING + " requests waiting; try again later"));
    }
    boolean underWay = proposal != null && proposal.isForPeople();
    rhythm.asked(now, newer, waiting.isEmpty(), underWay);
    waiting.add(newer);
    return List.of();
  }

  /** Whether all is known that was in the log when it was claimed. */
  boolean isUpToDate(ClusterState state) {
    return state.offset() >= claimedTo;
  }

  /** For every member, at each step: one that will lead has to know what the others know. */
  void note(long now, ClusterState state, Membership group) {
    holds.note(now, state, group);
  }

  /** When there is something to do though nothing happens; never before a later time. */
  long dueAt() {
    return dueAt;
  }

  /** Whatever can be done now: answer, claim, or propose the next batch. */
  List<Action> lead(
      long now, ClusterState state, Membership group, String self, Collection<WorkId> held) {
    dueAt = Long.MAX_VALUE;
    var actions = new ArrayList<Action>(settle(now, state));
    if (proposal != null) return actions;
    if (claimedTo == Long.MAX_VALUE) {
      if (refusedBy != null) actions.addAll(rejectWaiting(refusedBy));
      if (now < retryAt) return actions;
      retryAt = now + times.retryMs();
      actions.add(new Action.Claim(group.generation()));
      return actions;
    }
    if (!isUpToDate(state)) return actions;
    if (reportsFrom == Long.MAX_VALUE) reportsFrom = state.newestLease();
    actions.addAll(stopped(now, state, group, self, held));
    propose(now, state, group, work -> free(now, state, group, self, held, work), actions);
    if (proposal == null) actions.addAll(stopped(now, state, group, self, held));
    return actions;
  }

  private List<Action> settle(long now, ClusterState state) {
    if (proposal == null) return List.of();
    if (proposal.end() >= 0 && state.offset() >= proposal.end()) {
      long end = proposal.end();
      List<Action> replies =
          proposal.answers().stream()
              .<Action>map(
                  a ->
                      new Action.Reply(
                          a.request(), new CommandResult.Done(end, a.result().created())))
              .toList();
      if (proposal.isForPeople()) rhythm.answered(now);
      proposal = null;
      refusedBy = null;
      unproven = false;
      return replies;
    }
    if (now < proposal.deadline()) return List.of();
    claimedTo = Long.MAX_VALUE; // its fate is unknown: claim again
    retryAt = now;
    return abandonProposal();
  }

  private void propose(
      long now,
      ClusterState state,
      Membership group,
      Predicate<WorkId> free,
      List<Action> actions) {
    var facts = new ArrayList<Fact>();
    var answers = new ArrayList<Answer>();
    var next = state;
    boolean gathering = now < rhythm.until(waiting);
    if (gathering) dueAt = rhythm.until(waiting);
    while (!gathering && !waiting.isEmpty()) {
      var asked = waiting.poll();
      switch (Commands.decide(next, asked.command())) {
        case Commands.Decision.Refused(var rejection) -> actions.add(rejected(asked, rejection));
        case Commands.Decision.Accepted(var made, var created) -> {
          var refusal = refusals.of(now, made);
          if (refusal.isPresent()) {
            actions.add(rejected(asked, refusal.get()));
            continue;
          }
          refusals.forgetTasks(made);
          for (var fact : made) next = next.apply(next.offset() + 1, fact);
          facts.addAll(made);
          if (asked.command() instanceof Command.AwaitStop) {
            actions.addAll(awaitStop(asked)); // what was decided before it may be in this batch
            continue;
          }
          answers.add(new Answer(asked, made, new CommandResult.Done(state.offset(), created)));
        }
      }
    }
    var held = holds.facts(now, next, group);
    for (var fact : held) next = next.apply(next.offset() + 1, fact);
    facts.addAll(held);
    facts.addAll(refusals.without(now, plan(next, group, free)));
    boolean others = group.members().size() > 1;
    boolean attempt = unproven && facts.isEmpty(); // else nobody would see that it is over
    if (attempt || (others && !next.isSeated(group))) {
      facts.add(new Fact.Seated(group.generation(), group.leader())); // behind all leases
    }
    if (facts.isEmpty()) {
      answers.forEach(a -> actions.add(new Action.Reply(a.request(), a.result())));
      return;
    }
    proposal = new Proposal(++proposals, now + times.appendTimeoutMs(), -1, answers);
    actions.add(new Action.Append(claim, proposal.number(), List.copyOf(facts)));
  }

  /**
   * Where nothing had to be changed, nothing has to be planned again until something else is wanted
   * or leased, or work that waits for its place is free.
   */
  private List<Fact.Leased> plan(ClusterState state, Membership group, Predicate<WorkId> free) {
    boolean same = state.hasPlacesOf(placed) && group.equals(placedFor);
    if (same && unplaced.stream().noneMatch(free)) return List.of();
    var awaited = new TreeSet<>(state.expected().keySet());
    awaited.removeAll(group.members());
    var changes = Planner.plan(state, group.members(), awaited, free);
    if (changes.isEmpty()) {
      placed = state;
      placedFor = group;
      unplaced = new ArrayList<>(state.workIds());
      unplaced.removeAll(state.holders().keySet());
    }
    return changes;
  }

  /**
   * True when nobody can be running the work: every member said so after reading that its lease was
   * taken away, and the departed have had time to stop. What became of leases before this worker
   * led is not in its log if that was compacted: so reports have to be newer than all of them.
   */
  private boolean free(
      long now,
      ClusterState state,
      Membership group,
      String self,
      Collection<WorkId> held,
      WorkId work) {
    return nobodyHas(
        now, state.releasedAt(work), group, self, held, theirs -> theirs.contains(work));
  }

  private boolean nobodyHas(
      long now,
      long releasedAt,
      Membership group,
      String self,
      Collection<WorkId> held,
      Predicate<Collection<WorkId>> has) {
    if (now - leaderSince < times.departedGraceMs())
      return false; // who left before us, we know not
    if (!departed.values().stream().allMatch(left -> isPast(now, left))) {
      return false;
    }
    long released = Math.max(releasedAt, reportsFrom);
    return group.members().stream()
        .allMatch(
            member -> {
              if (member.equals(self)) return !has.test(held);
              var report = reports.get(member);
              return report != null && report.offset() >= released && !has.test(report.held());
            });
  }

  /** One waits for each connector, so that tasks that never end gather no requests. */
  private List<Action> awaitStop(Waiting newer) {
    var answers =
        awaitingStop.stream()
            .filter(older -> older.command().equals(newer.command()))
            .map(
                older ->
                    reject(
                        older.request(),
                        Rejection.Code.CONFLICT,
                        "A newer request waits for the end of the connector's tasks"))
            .toList();
    awaitingStop.removeIf(older -> older.command().equals(newer.command()));
    awaitingStop.add(newer);
    return answers;
  }

  /** Answers who has waited for the end of a connector's tasks. */
  private List<Action> stopped(
      long now, ClusterState state, Membership group, String self, Collection<WorkId> held) {
    var done = new ArrayList<Action>();
    awaitingStop.removeIf(
        waits -> {
          var name = ((Command.AwaitStop) waits.command()).connector();
          boolean over =
              state.connector(name).filter(c -> c.target() == TargetState.STOPPED).isEmpty()
                  || (!hasTask(state.leasesOf(name).keySet(), name)
                      && nobodyHas(
                          now,
                          state.newestReleaseOf(name),
                          group,
                          self,
                          held,
                          theirs -> hasTask(theirs, name)));
          if (over) {
            done.add(
                new Action.Reply(waits.request(), new CommandResult.Done(state.offset(), false)));
          }
          return over;
        });
    return done;
  }

  private static boolean hasTask(Collection<WorkId> all, String connector) {
    return all.stream().anyMatch(id -> !id.isInstance() && id.connector().equals(connector));
  }

  /** Whether who departed then has had time to stop its work. */
  private boolean isPast(long now, long departure) {
    return now - departure >= times.departedGraceMs();
  }

  private List<Action> abandonProposal() {
    if (proposal == null) return List.of();
    var answers =
        proposal.answers().stream()
            .map(
                a ->
                    reject(
                        a.request(),
                        Rejection.Code.UNKNOWN_FATE,
                        "The config log did not say whether the change was written"))
            .toList();
    proposal = null;
    return answers;
  }

  private List<Action> redirect(String leader) {
    return answerAll(new CommandResult.NotLeader(leader));
  }

  private List<Action> rejectWaiting(Rejection why) {
    return answerAll(new CommandResult.Rejected(why));
  }

  private List<Action> answerAll(CommandResult result) {
    waiting.addAll(awaitingStop);
    awaitingStop.clear();
    var answers = waiting.stream().<Action>map(w -> new Action.Reply(w.request(), result)).toList();
    waiting.clear();
    return answers;
  }

  /** Nobody waits for the answer to what workers ask, but tasks that are refused are somebody's. */
  private static Action rejected(Waiting asked, Rejection why) {
    boolean forGood = asked.isWorkers() && why.code() == Rejection.Code.INVALID;
    return forGood && asked.command() instanceof Command.PublishTasks offer
        ? new Action.RefuseTasks(TasksRefusal.of(offer, why))
        : rejected(asked.request(), why);
  }

  private static Action rejected(long request, Rejection why) {
    return new Action.Reply(request, new CommandResult.Rejected(why));
  }

  private static Action reject(long request, Rejection.Code code, String message) {
    return rejected(request, new Rejection(code, message, "Repeat the request in a moment"));
  }
}

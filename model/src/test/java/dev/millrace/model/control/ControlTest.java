package dev.millrace.model.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.ClusterState;
import dev.millrace.model.Command;
import dev.millrace.model.CommandResult;
import dev.millrace.model.Fact;
import dev.millrace.model.Membership;
import dev.millrace.model.Rejection;
import dev.millrace.model.Restart;
import dev.millrace.model.TargetState;
import dev.millrace.model.WorkId;
import dev.millrace.model.WorkSpec;
import dev.millrace.model.restarts.NextRestart;
import dev.millrace.model.restarts.RestartPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Examples of every decision of the control plane. */
class ControlTest {

  private static final Map<String, String> A = Map.of("k", "a");
  private static final Map<String, String> B = Map.of("k", "b");

  // ---- fold ------------------------------------------------------------------------------------

  @DisplayName("§2.13 §2.14 a new configuration replaces the instance, not the tasks")
  @Test
  void aReconfiguredConnectorKeepsItsTargetAndItsTasks() {
    var state =
        fold(
            new Fact.Configured("c", A),
            new Fact.TasksComputed("c", List.of(A)),
            new Fact.Retargeted("c", TargetState.PAUSED),
            new Fact.Configured("c", B));
    var connector = state.connectors().get("c");
    assertThat(connector.target()).isEqualTo(TargetState.PAUSED);
    assertThat(connector.tasks()).containsExactly(A);
    assertThat(connector.differsFrom(List.of(A))).as("computed under another config").isTrue();
    assertThat(state.work().get(WorkId.instance("c")).version()).isEqualTo(3);
    assertThat(state.work().get(new WorkId("c", 0)).version()).isEqualTo(1);
  }

  @DisplayName("§1.1 a stopped connector has an instance and no tasks")
  @Test
  void aStoppedConnectorHasAnInstanceAndNoTasks() {
    var state =
        fold(
            new Fact.Configured("c", A),
            new Fact.TasksComputed("c", List.of(A, B)),
            new Fact.Retargeted("c", TargetState.STOPPED));
    assertThat(state.work()).containsOnlyKeys(WorkId.instance("c"));
  }

  @Test
  void factsAboutUnknownConnectorsChangeNothingButTheOffset() {
    var state = fold(new Fact.Retargeted("x", TargetState.PAUSED), new Fact.Deleted("x"));
    assertThat(state.connectors()).isEmpty();
    assertThat(state.offset()).isEqualTo(1);
  }

  @DisplayName("§3.9 restarts oblige what they name")
  @Test
  void restartsOblige() {
    var state =
        fold(
            new Fact.Configured("c", A),
            new Fact.TasksComputed("c", List.of(A, B)),
            new Fact.RestartAsked("c", Restart.INSTANCE),
            new Fact.TaskRestartAsked("c", 1),
            new Fact.RestartAsked("c", Restart.FAILED_INSTANCE_AND_TASKS));
    assertThat(state.work().values())
        .containsExactly(
            new WorkSpec(WorkId.instance("c"), 2, 4, TargetState.STARTED),
            new WorkSpec(new WorkId("c", 0), 1, 4, TargetState.STARTED),
            new WorkSpec(new WorkId("c", 1), 3, 4, TargetState.STARTED));
  }

  @Test
  void leasesRememberWhenTheyWereTakenAway() {
    var state =
        fold(
            new Fact.Configured("c", A),
            leased("c", Map.of(-1, "w1", 0, "w1")),
            leased("c", Map.of(-1, "w1", 0, "w2")));
    assertThat(state.holders()).containsEntry(new WorkId("c", 0), "w2");
    assertThat(state.released()).containsExactly(new WorkId("c", 0));
    assertThat(state.releasedAt(new WorkId("c", 0))).isEqualTo(2);
  }

  // ---- commands --------------------------------------------------------------------------------

  @Test
  void whatExistsIsNotCreatedAgainAndWhatIsUnknownIsNotFound() {
    var state = fold(new Fact.Configured("c", A));
    assertThat(codeOf(state, new Command.Create("c", A, TargetState.STARTED)))
        .isEqualTo(Rejection.Code.ALREADY_EXISTS);
    for (Command command :
        List.of(
            new Command.Delete("x"),
            new Command.Retarget("x", TargetState.PAUSED),
            new Command.RestartConnector("x", Restart.INSTANCE),
            new Command.RestartTask("x", 0),
            new Command.RestartTask("c", 7))) {
      assertThat(codeOf(state, command)).as("%s", command).isEqualTo(Rejection.Code.NOT_FOUND);
    }
  }

  @Test
  void stoppingTakesTheTasksAwayFirst() {
    var state = fold(new Fact.Configured("c", A), new Fact.TasksComputed("c", List.of(A)));
    assertThat(factsOf(state, new Command.Retarget("c", TargetState.STOPPED)))
        .containsExactly(
            new Fact.TasksComputed("c", List.of()), new Fact.Retargeted("c", TargetState.STOPPED));
    assertThat(factsOf(state, new Command.Retarget("c", TargetState.STARTED))).isEmpty();
  }

  @Test
  void aTopologyTouchesOnlyWhatDiffers() {
    var ours = Map.of(Commands.TOPOLOGY_KEY, "t", "v", "1");
    var state =
        fold(
            new Fact.Configured("t.same", ours),
            new Fact.Configured("t.gone", ours),
            new Fact.Configured("other", A));
    var newer = Map.of(Commands.TOPOLOGY_KEY, "t", "v", "2");
    var wanted = new TreeMap<>(Map.of("t.same", ours, "t.new", newer));
    assertThat(factsOf(state, new Command.ApplyTopology("t", wanted)))
        .containsExactly(new Fact.Deleted("t.gone"), new Fact.Configured("t.new", newer));
  }

  @Test
  void tasksOfAnOutdatedInstanceAreNotPublished() {
    var state = fold(new Fact.Configured("c", A), new Fact.Configured("c", B));
    assertThat(codeOf(state, new Command.PublishTasks("c", 0, List.of(A))))
        .isEqualTo(Rejection.Code.CONFLICT);
    assertThat(factsOf(state, new Command.PublishTasks("c", 1, List.of(A))))
        .containsExactly(new Fact.TasksComputed("c", List.of(A)));
  }

  // ---- planner ---------------------------------------------------------------------------------

  @Test
  void freeWorkIsSpreadEvenlyAndNothingMovesWithoutNeed() {
    var state = ClusterState.EMPTY;
    for (int i = 0; i < 5; i++) state = state.apply(i, new Fact.Configured("c" + i, A));
    var members = new TreeSet<>(List.of("w1", "w2"));
    var planned = apply(state, Planner.plan(state, members, Set.of(), work -> true));
    assertThat(countOf(planned, "w1")).isBetween(2L, 3L);
    assertThat(countOf(planned, "w2")).isBetween(2L, 3L);
    assertThat(Planner.plan(planned, members, Set.of(), work -> true)).isEmpty();
  }

  @Test
  void workMovesInTwoStepsAlsoFromTheDeparted() {
    var state = fold(new Fact.Configured("c", A), leased("c", Map.of(-1, "w1")));
    var members = new TreeSet<>(List.of("w2"));
    var taken = Planner.plan(state, members, Set.of(), work -> true);
    assertThat(taken).containsExactly(leased("c", Map.of()));
    var free = apply(state, taken);
    assertThat(Planner.plan(free, members, Set.of(), work -> false))
        .as("not surely free")
        .isEmpty();
    assertThat(Planner.plan(free, members, Set.of(), work -> true))
        .containsExactly(leased("c", Map.of(-1, "w2")));
  }

  @Test
  void leasesOfDeletedConnectorsAreTakenAway() {
    var state =
        fold(new Fact.Configured("c", A), leased("c", Map.of(-1, "w1")), new Fact.Deleted("c"));
    assertThat(Planner.plan(state, new TreeSet<>(List.of("w1")), Set.of(), work -> true))
        .containsExactly(leased("c", Map.of()));
  }

  // ---- reconciler ------------------------------------------------------------------------------

  @DisplayName("§1.4 a failed connector can be stopped, but neither paused nor resumed")
  @Test
  void aFailedConnectorIsReplacedWhenStopped() {
    var failed = new Held(5, TargetState.STARTED, Held.Phase.FAILED);
    assertThat(reconciled(TargetState.PAUSED, failed))
        .containsExactly(new Action.Retarget(id("c"), TargetState.PAUSED));
    assertThat(reconciled(TargetState.STOPPED, failed)).containsExactly(new Action.Stop(id("c")));
    assertThat(reconciled(TargetState.STARTED, new Held(5, TargetState.STOPPED, Held.Phase.FAILED)))
        .containsExactly(new Action.Retarget(id("c"), TargetState.STARTED));
  }

  private static List<Action> reconciled(TargetState target, Held held) {
    var wanted = new TreeMap<>(Map.of(id("c"), new WorkSpec(id("c"), 5, -1, target)));
    return Reconciler.reconcile(wanted, new TreeMap<>(Map.of(id("c"), held)));
  }

  @DisplayName("§1.5 failure is left by a newer version: restart, configuration")
  @Test
  void wantedMinusActualIsStartsStopsAndRetargets() {
    var wanted = new TreeMap<WorkId, WorkSpec>();
    var actual = new TreeMap<WorkId, Held>();
    want(wanted, "new", 1, -1, TargetState.STARTED);
    want(wanted, "right", 1, -1, TargetState.STARTED);
    actual.put(id("right"), new Held(1, TargetState.STARTED, Held.Phase.ACTIVE));
    want(wanted, "newer", 5, -1, TargetState.STARTED);
    actual.put(id("newer"), new Held(1, TargetState.STARTED, Held.Phase.ACTIVE));
    want(wanted, "paused", 1, -1, TargetState.PAUSED);
    actual.put(id("paused"), new Held(1, TargetState.STARTED, Held.Phase.ACTIVE));
    want(wanted, "failed-retried", 1, 6, TargetState.STARTED);
    actual.put(id("failed-retried"), new Held(1, TargetState.STARTED, Held.Phase.FAILED));
    want(wanted, "fine-retried", 1, 6, TargetState.STARTED);
    actual.put(id("fine-retried"), new Held(1, TargetState.STARTED, Held.Phase.ACTIVE));
    actual.put(id("unwanted"), new Held(1, TargetState.STARTED, Held.Phase.FAILED));
    actual.put(id("stopping"), new Held(1, TargetState.STARTED, Held.Phase.STOPPING));
    assertThat(Reconciler.reconcile(wanted, actual))
        .containsExactlyInAnyOrder(
            new Action.Start(wanted.get(id("new"))),
            new Action.Stop(id("newer")),
            new Action.Retarget(id("paused"), TargetState.PAUSED),
            new Action.Stop(id("failed-retried")),
            new Action.Stop(id("unwanted")));
  }

  // ---- core ------------------------------------------------------------------------------------

  @Test
  void aCommandBecomesWorkInOneBatchAndIsAnsweredWhenItIsVisible() {
    var alone = new Alone();
    alone.send(new Event.Asked(7, new Command.Create("c", A, TargetState.STARTED)));
    var append = alone.only(Action.Append.class);
    assertThat(append.facts())
        .containsExactly(new Fact.Configured("c", A), leased("c", Map.of(-1, "me")));
    assertThat(alone.seen(Action.Reply.class)).isEmpty();
    assertThat(alone.core.knowsAll()).isFalse(); // others may have read it already
    alone.confirm(append);
    assertThat(alone.core.knowsAll()).isTrue();
    assertThat(alone.only(Action.Reply.class))
        .isEqualTo(new Action.Reply(7, new CommandResult.Done(1, true)));
    assertThat(alone.only(Action.Start.class).spec().id()).isEqualTo(id("c"));
  }

  @Test
  void generatedTasksAreSubmittedUntilTheLogHasThem() {
    var alone = new Alone();
    alone.send(new Event.Asked(1, new Command.Create("c", A, TargetState.STARTED)));
    alone.confirm(alone.only(Action.Append.class));
    alone.send(new Event.TasksGenerated("c", 0, List.of(B)));
    var submit = alone.only(Action.Submit.class);
    alone.send(new Event.Tick());
    assertThat(alone.seen(Action.Submit.class)).as("not at every tick").isEmpty();
    alone.now += 500;
    alone.send(new Event.Tick());
    assertThat(alone.only(Action.Submit.class)).isEqualTo(submit);
    alone.send(new Event.Asked(0, submit.command()));
    alone.confirm(alone.only(Action.Append.class));
    assertThat(alone.seen(Action.Start.class))
        .extracting(start -> start.spec().id())
        .containsExactly(new WorkId("c", 0));
  }

  @Test
  void anAppendOfUnknownFateIsAnsweredAndTheLogClaimedAgain() {
    var alone = new Alone();
    alone.send(new Event.Asked(1, new Command.Create("c", A, TargetState.STARTED)));
    assertThat(alone.seen(Action.Append.class)).hasSize(1);
    alone.now += 60_000;
    alone.send(new Event.Tick());
    assertThat(alone.only(Action.Reply.class).result())
        .isInstanceOfSatisfying(
            CommandResult.Rejected.class,
            r -> assertThat(r.rejection().code()).isEqualTo(Rejection.Code.UNKNOWN_FATE));
    assertThat(alone.seen(Action.Claim.class)).hasSize(1);
  }

  @Test
  void isolatedItLetsGoOfEverythingAndLeadsNoMore() {
    var alone = new Alone();
    alone.send(new Event.Asked(1, new Command.Create("c", A, TargetState.STARTED)));
    alone.confirm(alone.only(Action.Append.class));
    alone.send(new Event.Isolated());
    assertThat(alone.only(Action.Stop.class).id()).isEqualTo(id("c"));
    alone.send(new Event.Asked(2, new Command.Delete("c")));
    assertThat(alone.only(Action.Reply.class).result()).isEqualTo(new CommandResult.NotLeader(""));
  }

  // ---- restarts by themselves ------------------------------------------------------------------

  private static final Map<String, String> BACKOFF =
      Map.of(
          RestartPolicy.POLICY, "backoff",
          RestartPolicy.JITTER, "0",
          RestartPolicy.ATTEMPTS, "2",
          RestartPolicy.HEALTHY, "60000");

  /** A core whose connector runs, with this configuration. */
  private static Alone running(Map<String, String> config) {
    var alone = new Alone();
    alone.send(new Event.Asked(1, new Command.Create("c", config, TargetState.STARTED)));
    alone.confirm(alone.only(Action.Append.class));
    assertThat(alone.seen(Action.Start.class)).isNotEmpty();
    return alone;
  }

  /** Carries out what the core submits, as the shell does; whether the work was started again. */
  private static boolean comesBack(Alone alone) {
    alone.send(new Event.Tick());
    if (alone.seen(Action.Submit.class).isEmpty()) return false;
    alone.send(new Event.Asked(0, alone.only(Action.Submit.class).command()));
    alone.confirm(alone.only(Action.Append.class));
    alone.send(new Event.WorkStopped(alone.only(Action.Stop.class).id()));
    return !alone.seen(Action.Start.class).isEmpty();
  }

  @Test
  void failedWorkComesBackLaterEachTimeUpToItsLimit() {
    var alone = running(BACKOFF);
    for (int attempt = 1; attempt <= 2; attempt++) {
      alone.send(new Event.WorkFailed(id("c")));
      assertThat(alone.core.restartsAhead())
          .containsEntry(id("c"), new NextRestart(attempt, alone.now + 1_000L * attempt));
      alone.now += 1_000L * attempt - 1;
      assertThat(comesBack(alone)).as("too early").isFalse();
      alone.now += 1;
      assertThat(comesBack(alone)).as("attempt %d", attempt).isTrue();
      assertThat(alone.core.restartsAhead()).isEmpty();
    }
    alone.send(new Event.WorkFailed(id("c")));
    alone.now += 1_000_000;
    assertThat(comesBack(alone)).as("two in a row were allowed").isFalse();
  }

  @Test
  void workThatRanForLongBeginsToCountAnew() {
    var alone = running(BACKOFF);
    for (int i = 0; i < 5; i++) {
      alone.now += 60_000;
      alone.send(new Event.WorkFailed(id("c")));
      alone.now += 1_000;
      assertThat(comesBack(alone)).isTrue();
    }
  }

  @Test
  void whatWouldFailAgainOrIsNotWantedStaysFailed() {
    var permanent = running(BACKOFF);
    permanent.send(new Event.WorkFailed(id("c"), true));
    permanent.now += 1_000_000;
    assertThat(comesBack(permanent)).isFalse();

    var unasked = running(A);
    unasked.send(new Event.WorkFailed(id("c")));
    unasked.now += 1_000_000;
    assertThat(comesBack(unasked)).isFalse();

    var paused = running(BACKOFF);
    paused.send(new Event.WorkFailed(id("c")));
    paused.send(new Event.Asked(2, new Command.Retarget("c", TargetState.PAUSED)));
    paused.confirm(paused.only(Action.Append.class));
    paused.now += 1_000_000;
    assertThat(comesBack(paused)).isFalse();
  }

  @Test
  void aRestartThatSomebodyAskedForBeginsToCountAnew() {
    var alone = running(BACKOFF);
    for (int i = 0; i < 3; i++) {
      alone.send(new Event.WorkFailed(id("c")));
      alone.send(new Event.Asked(3, new Command.RestartConnector("c", Restart.INSTANCE)));
      alone.confirm(alone.only(Action.Append.class));
      alone.send(new Event.WorkStopped(id("c")));
      assertThat(alone.core.restartsAhead()).isEmpty();
    }
    alone.send(new Event.WorkFailed(id("c")));
    assertThat(alone.core.restartsAhead().get(id("c")).attempt()).isEqualTo(1);
  }

  @Test
  void aRestartThatHadNoEffectIsAskedForAgain() {
    var alone = running(BACKOFF);
    alone.send(new Event.WorkFailed(id("c")));
    alone.now += 1_000;
    alone.send(new Event.Tick());
    assertThat(alone.only(Action.Submit.class).command())
        .isEqualTo(new Command.RestartConnector("c", Restart.INSTANCE_IF_FAILED));
    alone.now += 1_000;
    alone.send(new Event.Tick());
    assertThat(alone.seen(Action.Submit.class)).as("time to act").isEmpty();
    alone.now += 10_000;
    assertThat(comesBack(alone)).isTrue();
  }

  /** Else a log that is away for a while would leave no room for what people ask. */
  @Test
  void whatAWorkerAsksForAgainWaitsOnce() {
    var alone = running(A);
    alone.send(new Event.Asked(2, new Command.RestartConnector("c", Restart.INSTANCE)));
    var before = alone.only(Action.Append.class); // and for now nothing else is written
    for (int i = 0; i < 2_000; i++) {
      alone.send(new Event.Asked(0, new Command.PublishTasks("c", 100, List.of(A))));
      alone.send(new Event.Asked(0, new Command.PublishTasks("d", 100, List.of(B))));
    }
    alone.send(new Event.Asked(3, new Command.Configure("e", A)));
    assertThat(alone.seen(Action.Reply.class)).isEmpty();
    alone.confirm(before);
    assertThat(alone.only(Action.Append.class).facts())
        .contains(new Fact.TasksComputed("c", List.of(A)), new Fact.Configured("e", A));
  }

  /** One core, alone in its group, the log claimed. */
  private static final class Alone {
    final ControlCore core = new ControlCore("me", ControlTimes.alone());
    private List<Action> last = List.of();
    long now = 1_000;

    Alone() {
      send(new Event.Joined(new Membership(1, "me", new TreeSet<>(List.of("me")), -1)));
      assertThat(seen(Action.Claim.class)).hasSize(1);
      send(new Event.Claimed(1, 1, -1));
    }

    void send(Event event) {
      last = core.step(now, event);
    }

    /** The log takes the batch: its facts are read, then it is confirmed. */
    void confirm(Action.Append append) {
      var actions = new ArrayList<Action>();
      long offset = core.state().offset();
      for (var fact : append.facts())
        actions.addAll(core.step(now, new Event.FactRead(++offset, fact)));
      actions.addAll(core.step(now, new Event.Appended(append.proposal(), offset)));
      last = actions;
    }

    <A extends Action> List<A> seen(Class<A> type) {
      return last.stream().filter(type::isInstance).map(type::cast).toList();
    }

    <A extends Action> A only(Class<A> type) {
      assertThat(seen(type)).hasSize(1);
      return seen(type).get(0);
    }
  }

  private static ClusterState fold(Fact... facts) {
    return apply(ClusterState.EMPTY, List.of(facts));
  }

  private static ClusterState apply(ClusterState state, List<? extends Fact> facts) {
    for (var fact : facts) state = state.apply(state.offset() + 1, fact);
    return state;
  }

  private static Fact.Leased leased(String connector, Map<Integer, String> holders) {
    return new Fact.Leased(connector, new TreeMap<>(holders));
  }

  private static long countOf(ClusterState state, String member) {
    return state.holders().values().stream().filter(member::equals).count();
  }

  private static WorkId id(String connector) {
    return WorkId.instance(connector);
  }

  private static void want(
      SortedMap<WorkId, WorkSpec> wanted,
      String name,
      long version,
      long retry,
      TargetState target) {
    wanted.put(id(name), new WorkSpec(id(name), version, retry, target));
  }

  private static List<Fact> factsOf(ClusterState state, Command command) {
    return ((Commands.Decision.Accepted) Commands.decide(state, command)).facts();
  }

  private static Rejection.Code codeOf(ClusterState state, Command command) {
    return ((Commands.Decision.Refused) Commands.decide(state, command)).rejection().code();
  }
}

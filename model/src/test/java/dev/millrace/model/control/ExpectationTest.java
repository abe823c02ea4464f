package dev.millrace.model.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.ClusterState;
import dev.millrace.model.Command;
import dev.millrace.model.Fact;
import dev.millrace.model.Membership;
import dev.millrace.model.RecordSize;
import dev.millrace.model.Rejection;
import dev.millrace.model.TargetState;
import dev.millrace.model.WorkId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What is held for members that are away, by whom, and what the log cannot hold. */
class ExpectationTest {

  private static final Map<String, String> A = Map.of("k", "a");

  @Test
  void workOfAMemberThatIsExpectedBackStaysLeasedToIt() {
    var state =
        fold(
            new Fact.Configured("c", A),
            new Fact.Configured("d", A),
            leased("c", Map.of(-1, "w1")),
            leased("d", Map.of(-1, "w2")));
    var members = new TreeSet<>(List.of("w2", "w3"));
    assertThat(Planner.plan(state, members, Set.of("w1"), work -> true)).isEmpty();
    var deleted = apply(state, List.of(new Fact.Deleted("c")));
    assertThat(Planner.plan(deleted, members, Set.of("w1"), work -> true))
        .containsExactly(leased("c", Map.of()));
  }

  @Test
  void expectingAWorkerIsTakenBackOnce() {
    var expect = new Command.Expect("w1", 60_000);
    var state = apply(ClusterState.EMPTY, factsOf(ClusterState.EMPTY, expect));
    assertThat(state.expected()).containsKey("w1");
    var none = new Command.Expect("w1", 0);
    var after = apply(state, factsOf(state, none));
    assertThat(after.expected()).isEmpty();
    assertThat(factsOf(after, none)).isEmpty();
  }

  @Test
  void whatTheLogCannotHoldIsRefused() {
    var large = Map.of("k", "ü\"".repeat(250_000));
    assertThat(RecordSize.of(large)).isBetween(1_000_000L, 1_000_010L);
    assertThat(codeOf(ClusterState.EMPTY, new Command.Configure("c", large)))
        .isEqualTo(Rejection.Code.INVALID);
    var state = fold(new Fact.Configured("c", A));
    assertThat(codeOf(state, new Command.PublishTasks("c", 0, List.of(A, large))))
        .isEqualTo(Rejection.Code.INVALID);
  }

  @Test
  void whoComesBackStartsNothingBeforeTheLeadersMark() {
    var core = new ControlCore("me", ControlTimes.alone());
    var two = new TreeSet<>(List.of("leader", "me"));
    core.step(0, new Event.FactRead(0, new Fact.Configured("c", A)));
    core.step(0, new Event.FactRead(1, leased("c", Map.of(-1, "me"))));
    var first = core.step(0, new Event.Joined(new Membership(1, "leader", two, 1)));
    assertThat(starts(first)).as("it was never away").containsExactly(WorkId.instance("c"));
    core.step(1, new Event.Isolated());
    core.step(2, new Event.WorkStopped(WorkId.instance("c")));
    var actions = new ArrayList<Action>();
    actions.addAll(core.step(3, new Event.Joined(new Membership(2, "leader", two, 1))));
    actions.addAll(core.step(4, new Event.FactRead(2, new Fact.Seated(1, "leader"))));
    assertThat(starts(actions)).isEmpty();
    assertThat(starts(core.step(5, new Event.FactRead(3, new Fact.Seated(2, "leader")))))
        .containsExactly(WorkId.instance("c"));
  }

  /** By its own clock, whatever that shows. */
  @Test
  void aNewLeaderCountsOnWhereTheOldOneWas() {
    var core = new ControlCore("me", ControlTimes.alone());
    core.step(70_000, joined(1, "leader", "me", "leader"));
    core.step(70_000, new Event.FactRead(0, new Fact.Expected("away", 10_000)));
    core.step(74_000, joined(2, "me", "me"));
    core.step(74_001, new Event.Claimed(2, 1, 0));
    assertThat(core.decides()).isTrue();
    assertThat(appended(core.step(79_999, new Event.Tick()))).isEmpty();
    assertThat(appended(core.step(80_000, new Event.Tick())))
        .containsExactly(new Fact.Expected("away", 0));
  }

  @Test
  void whoHasComeIsToldWhatIsLeft() {
    var core = new ControlCore("me", ControlTimes.alone());
    core.step(0, joined(1, "me", "me"));
    core.step(0, new Event.Claimed(1, 1, -1));
    core.step(1, new Event.FactRead(0, new Fact.Expected("away", 10_000)));
    var facts = appended(core.step(4_001, joined(2, "me", "me", "new")));
    assertThat(facts).contains(new Fact.Expected("away", 6_000));
  }

  @Test
  void whoLeadsDecidesWhenItKnowsAllThatWasDecidedBefore() {
    var core = new ControlCore("me", ControlTimes.alone());
    core.step(0, new Event.FactRead(0, new Fact.Configured("c", A)));
    core.step(0, joined(1, "me", "me"));
    assertThat(core.decides()).isFalse();
    core.step(1, new Event.Claimed(1, 1, 1));
    assertThat(core.decides()).isFalse();
    core.step(2, new Event.FactRead(1, new Fact.Deleted("c")));
    assertThat(core.decides()).isTrue();
    core.step(3, new Event.Isolated());
    assertThat(core.decides()).isFalse();
  }

  /** A task commits where it is when it ends, wherever it runs. */
  @Test
  void theEndOfTasksIsAwaitedOnAllWorkers() {
    var core = new ControlCore("me", ControlTimes.alone());
    var task = new WorkId("c", 0);
    core.step(0, new Event.FactRead(0, new Fact.Configured("c", A)));
    core.step(0, new Event.FactRead(1, new Fact.TasksComputed("c", List.of(A))));
    core.step(0, new Event.FactRead(2, leased("c", Map.of(-1, "me", 0, "other"))));
    core.step(0, joined(1, "me", "me", "other"));
    core.step(0, reported(2, task));
    written(core, core.step(0, new Event.Claimed(1, 1, 2)));
    var running = core.step(1, new Event.Asked(5, new Command.AwaitStop("c")));
    assertThat(replies(running)).as("it is not stopped").hasSize(1);

    var stop = new Command.Retarget("c", TargetState.STOPPED);
    written(core, core.step(1, new Event.Asked(6, stop)));
    assertThat(core.state().leasesOf("c")).containsOnlyKeys(WorkId.instance("c"));
    long taken = core.state().releasedAt(task);
    assertThat(replies(core.step(2, new Event.Asked(7, new Command.AwaitStop("c"))))).isEmpty();
    assertThat(replies(core.step(3, reported(taken - 1)))).as("not yet read").isEmpty();
    assertThat(replies(core.step(4, reported(taken, task)))).isEmpty();
    var newer = core.step(4, new Event.Asked(8, new Command.AwaitStop("c")));
    assertThat(replies(newer)).as("the older one gives way").hasSize(1);
    assertThat(replies(core.step(5, reported(taken + 1)))).hasSize(1);
  }

  /** What is appended comes back from the log, until there is nothing more. */
  private static void written(ControlCore core, List<Action> actions) {
    for (var action : actions) {
      if (!(action instanceof Action.Append append)) continue;
      long end = core.state().offset();
      var next = new ArrayList<Action>();
      for (var fact : append.facts()) next.addAll(core.step(1, new Event.FactRead(++end, fact)));
      next.addAll(core.step(1, new Event.Appended(append.proposal(), end)));
      written(core, next);
    }
  }

  private static Event reported(long offset, WorkId... held) {
    return new Event.Reported("other", new TreeSet<>(List.of(held)), offset);
  }

  private static List<Action> replies(List<Action> actions) {
    return actions.stream().filter(Action.Reply.class::isInstance).toList();
  }

  private static Event joined(int generation, String leader, String... members) {
    var all = new TreeSet<>(List.of(members));
    return new Event.Joined(new Membership(generation, leader, all, -1));
  }

  private static List<Fact> appended(List<Action> actions) {
    var facts = new ArrayList<Fact>();
    for (var action : actions) {
      if (action instanceof Action.Append append) facts.addAll(append.facts());
    }
    return facts;
  }

  private static List<WorkId> starts(List<Action> actions) {
    var started = new ArrayList<WorkId>();
    for (var action : actions) {
      if (action instanceof Action.Start(var spec)) started.add(spec.id());
    }
    return started;
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

  private static List<Fact> factsOf(ClusterState state, Command command) {
    return ((Commands.Decision.Accepted) Commands.decide(state, command)).facts();
  }

  private static Rejection.Code codeOf(ClusterState state, Command command) {
    return ((Commands.Decision.Refused) Commands.decide(state, command)).rejection().code();
  }
}

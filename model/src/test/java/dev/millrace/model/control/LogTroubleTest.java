package dev.millrace.model.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.ClusterState;
import dev.millrace.model.Command;
import dev.millrace.model.CommandResult;
import dev.millrace.model.Fact;
import dev.millrace.model.Fencing;
import dev.millrace.model.Membership;
import dev.millrace.model.RecordSize;
import dev.millrace.model.Rejection;
import dev.millrace.model.Restart;
import dev.millrace.model.SessionKey;
import dev.millrace.model.TargetState;
import dev.millrace.model.TasksRefusal;
import dev.millrace.model.WorkId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** A log that takes nothing, not this, or is not there; and what must not pile up. */
class LogTroubleTest {

  private static final Map<String, String> A = Map.of("k", "a");
  private static final Rejection MAY_NOT =
      new Rejection(Rejection.Code.UNAVAILABLE, "may not", "let it");
  private static final Rejection TOO_LARGE =
      new Rejection(Rejection.Code.INVALID, "too large", "make it smaller");

  private final ControlCore core = new ControlCore("me", ControlTimes.alone());
  private List<Action> last = List.of();
  private long now = 1_000;

  // ---- appends that fail -----------------------------------------------------------------------

  @Test
  void whatSurelyWasNotWrittenIsProposedAgainAtOnce() {
    lead();
    send(create(7, "c"));
    var lost = only(Action.Append.class);
    now += 1_000;
    send(new Event.AppendFailed(lost.proposal(), true, Map.of()));
    assertThat(seen(Action.Reply.class)).isEmpty();
    assertThat(seen(Action.Claim.class)).hasSize(1);
    send(new Event.Claimed(1, 2, -1));
    var again = only(Action.Append.class);
    assertThat(again.facts()).isEqualTo(lost.facts());
    assertThat(again.claim()).isEqualTo(2);
    confirm(again);
    assertThat(only(Action.Reply.class).result()).isInstanceOf(CommandResult.Done.class);
  }

  /** As when another worker has claimed: it is not known what became of the batch. */
  @Test
  void anAppendThatMayHaveBeenWrittenIsAnsweredAndTheLogClaimedAtOnce() {
    lead();
    send(create(7, "c"));
    now += 1_000;
    send(new Event.AppendFailed(only(Action.Append.class).proposal(), false, Map.of()));
    assertThat(codeOf(only(Action.Reply.class))).isEqualTo(Rejection.Code.UNKNOWN_FATE);
    assertThat(seen(Action.Claim.class)).hasSize(1);
  }

  /** Two that take each other for gone would else do nothing but shut each other out. */
  @Test
  void claimsHavePausesAlsoWhenAppendsFail() {
    lead();
    send(create(7, "c"));
    send(new Event.AppendFailed(only(Action.Append.class).proposal(), true, Map.of()));
    assertThat(seen(Action.Claim.class)).as("the last one was made just now").isEmpty();
    now += ControlTimes.alone().retryMs();
    send(new Event.Tick());
    assertThat(seen(Action.Claim.class)).hasSize(1);
  }

  @Test
  void whatTheLogDoesNotTakeIsRefusedAndTheRestIsWritten() {
    lead();
    send(create(1, "good"));
    var before = only(Action.Append.class);
    send(create(2, "large"));
    send(create(3, "other"));
    confirm(before);
    var poisoned = only(Action.Append.class);
    now += 1_000;
    send(
        new Event.AppendFailed(
            poisoned.proposal(), true, Map.of(new Fact.Configured("large", A), TOO_LARGE)));
    assertThat(only(Action.Reply.class))
        .isEqualTo(new Action.Reply(2, new CommandResult.Rejected(TOO_LARGE)));
    send(new Event.Claimed(1, 2, core.state().offset()));
    var rest = only(Action.Append.class);
    assertThat(rest.facts()).contains(new Fact.Configured("other", A));
    assertThat(rest.facts()).noneMatch(fact -> fact.connector().equals("large"));
    confirm(rest);
    send(create(4, "large"));
    assertThat(only(Action.Reply.class).result()).isEqualTo(new CommandResult.Rejected(TOO_LARGE));
    now += Refusals.KEPT_MS;
    send(create(5, "large"));
    assertThat(seen(Action.Append.class)).as("the limit may have been raised").hasSize(1);
  }

  /** A lease that is too large is nobody's command, and holds up nobody's either. */
  @Test
  void aLeaseThatTheLogDoesNotTakeIsLeftOut() {
    lead();
    send(create(1, "c"));
    now += 1_000;
    send(
        new Event.AppendFailed(
            only(Action.Append.class).proposal(),
            true,
            Map.of(leased("c", Map.of(-1, "me")), TOO_LARGE)));
    send(new Event.Claimed(1, 2, -1));
    assertThat(only(Action.Append.class).facts()).containsExactly(new Fact.Configured("c", A));
  }

  // ---- tasks that are refused ------------------------------------------------------------------

  @Test
  void tasksThatTheLogDoesNotTakeFailTheirConnectorUntilItIsRestarted() {
    lead();
    runs("c");
    var offer = handOver("c", A);
    refuse(offer);
    var refusal = only(Action.RefuseTasks.class).refusal();
    assertThat(refusal).isEqualTo(TasksRefusal.of(offer, TOO_LARGE));
    send(new Event.TasksRefused(refusal));
    assertThat(only(Action.Fail.class)).isEqualTo(new Action.Fail(WorkId.instance("c"), TOO_LARGE));
    send(new Event.WorkFailed(WorkId.instance("c")));
    now += Refusals.KEPT_MS / 2;
    send(new Event.Tick());
    assertThat(seen(Action.Submit.class)).as("nobody hands over").isEmpty();
    send(new Event.Claimed(1, 2, core.state().offset()));
    send(new Event.Asked(8, new Command.RestartConnector("c", Restart.INSTANCE)));
    confirm(only(Action.Append.class));
    send(new Event.WorkStopped(WorkId.instance("c")));
    send(new Event.Asked(0, handOver("c", A)));
    assertThat(only(Action.Append.class).facts())
        .as("the limit may have been raised, right before")
        .contains(new Fact.TasksComputed("c", List.of(A)));
  }

  @Test
  void tasksThatAreLargerThanAnyLimitFailTheirConnector() {
    lead();
    runs("c");
    send(new Event.Asked(0, handOver("c", Map.of("k", "x".repeat(RecordSize.MAX_CONFIG)))));
    var refusal = only(Action.RefuseTasks.class).refusal();
    assertThat(refusal.why().message()).contains("a task of c has 1000");
    assertThat(refusal.why().hint()).isNotEmpty();
    send(new Event.TasksRefused(refusal));
    assertThat(seen(Action.Fail.class)).hasSize(1);
  }

  @Test
  void aRefusalOfOlderTasksFailsNobody() {
    lead();
    runs("c");
    var older = handOver("c", A);
    refuse(older);
    var refusal = only(Action.RefuseTasks.class).refusal();
    handOver("c", Map.of("k", "b"));
    send(new Event.TasksRefused(refusal));
    assertThat(seen(Action.Fail.class)).isEmpty();
  }

  /** They are asked for again, as whoever asks for anything is told. */
  @Test
  void tasksWaitForALogThatTakesNothingForNow() {
    lead();
    runs("c");
    send(new Event.Asked(0, handOver("c", A)));
    var append = only(Action.Append.class);
    now += 1_000;
    send(new Event.WriteRefused(MAY_NOT));
    send(new Event.AppendFailed(append.proposal(), true, Map.of()));
    assertThat(seen(Action.RefuseTasks.class)).isEmpty();
  }

  private Command.PublishTasks handOver(String connector, Map<String, String> task) {
    long asOf = core.held().get(WorkId.instance(connector)).asOf();
    send(new Event.TasksGenerated(connector, asOf, List.of(task)));
    return (Command.PublishTasks) only(Action.Submit.class).command();
  }

  private void refuse(Command.PublishTasks offer) {
    send(new Event.Asked(0, offer));
    var fact = new Fact.TasksComputed(offer.connector(), offer.tasks());
    long proposal = only(Action.Append.class).proposal();
    send(new Event.AppendFailed(proposal, true, Map.of(fact, TOO_LARGE)));
  }

  // ---- rights that are missing -----------------------------------------------------------------

  @Test
  void aLogThatTakesNothingIsNamedToWhoeverAsksAndTriedNowAndThen() {
    lead();
    runs("c");
    send(create(7, "d"));
    var append = only(Action.Append.class);
    now += 1_000;
    send(new Event.WriteRefused(MAY_NOT));
    send(new Event.AppendFailed(append.proposal(), true, Map.of()));
    assertThat(only(Action.Reply.class).result()).isEqualTo(new CommandResult.Rejected(MAY_NOT));
    send(create(8, "d"));
    assertThat(only(Action.Reply.class).result()).isEqualTo(new CommandResult.Rejected(MAY_NOT));
    int claims = 0;
    for (int i = 0; i < 300; i++) {
      now += 200;
      send(new Event.Tick());
      if (seen(Action.Claim.class).isEmpty()) continue;
      claims++;
      send(new Event.WriteRefused(MAY_NOT));
    }
    assertThat(claims).as("attempts in a minute").isBetween(20, 60);
    assertThat(core.held()).containsKey(WorkId.instance("c"));
  }

  /** The claim may be allowed though writing is not: only an attempt shows it. */
  @Test
  void itIsOverWhenSomethingCouldBeWritten() {
    lead();
    send(new Event.WriteRefused(MAY_NOT));
    now += 10_000;
    send(new Event.Tick());
    assertThat(seen(Action.Claim.class)).hasSize(1);
    send(new Event.Claimed(1, 2, -1));
    var attempt = only(Action.Append.class);
    assertThat(attempt.facts()).containsExactly(new Fact.Seated(1, "me"));
    confirm(attempt);
    assertThat(last).isEmpty();
    send(create(7, "c"));
    assertThat(seen(Action.Append.class)).hasSize(1);
  }

  /** Nobody else changes anything then, and the log's writer goes on saying that it may not. */
  @Test
  void itIsTriedAlsoByWhoWasOutOfTheGroupMeanwhile() {
    lead();
    send(new Event.WriteRefused(MAY_NOT));
    send(new Event.Isolated());
    send(new Event.Joined(new Membership(2, "me", new TreeSet<>(List.of("me")), -1)));
    assertThat(seen(Action.Claim.class)).hasSize(1);
    send(new Event.Claimed(2, 2, -1));
    var attempt = only(Action.Append.class);
    assertThat(attempt.facts()).containsExactly(new Fact.Seated(2, "me"));
    confirm(attempt);
    now += 60_000;
    send(new Event.Tick());
    assertThat(last).isEmpty();
  }

  // ---- a log that is gone ----------------------------------------------------------------------

  @Test
  void aLogThatIsGoneIsNotWrittenAndWorkGoesOn() {
    lead();
    runs("c");
    send(create(7, "d"));
    send(new Event.LogTrouble(Optional.of(MAY_NOT)));
    assertThat(codeOf(only(Action.Reply.class))).isEqualTo(Rejection.Code.UNKNOWN_FATE);
    send(create(8, "d"));
    assertThat(only(Action.Reply.class).result()).isEqualTo(new CommandResult.Rejected(MAY_NOT));
    now += 60_000;
    send(new Event.Tick());
    assertThat(last).as("nothing is claimed, written or stopped").isEmpty();
    assertThat(core.held()).containsKey(WorkId.instance("c"));
    send(new Event.LogTrouble(Optional.empty()));
    assertThat(seen(Action.Claim.class)).hasSize(1);
  }

  // ---- bounds ----------------------------------------------------------------------------------

  @Test
  void connectorsThatAreGoneLeaveNothingBehind() {
    var state = ClusterState.EMPTY;
    for (int i = 0; i < 10; i++) {
      String name = "c" + i;
      boolean leasedLonger = i % 2 == 0;
      var facts =
          new ArrayList<Fact>(
              List.of(new Fact.Configured(name, A), new Fact.TasksComputed(name, List.of(A))));
      facts.add(leased(name, Map.of(-1, "me", 0, "me")));
      facts.add(leasedLonger ? new Fact.Deleted(name) : leased(name, Map.of()));
      facts.add(leasedLonger ? leased(name, Map.of()) : new Fact.Deleted(name));
      facts.add(new Fact.TasksComputed(name, List.of())); // as the records of a deletion tell
      for (var fact : facts) state = state.apply(state.offset() + 1, fact);
    }
    assertThat(state.released()).isEmpty();
    long newest = state.newestRelease();
    assertThat(state.releasedAt(WorkId.instance("c0"))).as("not before").isEqualTo(newest);
    assertThat(state.fencing("c9")).isEqualTo(Fencing.NONE);
  }

  /** Tasks that wrote in transactions are fenced also when their connector is made anew. */
  @Test
  void whatHasToBeFencedIsRememberedBeyondTheConnector() {
    var state = ClusterState.EMPTY;
    for (var fact :
        List.of(
            new Fact.Configured("c", A),
            new Fact.TasksComputed("c", List.of(A)),
            new Fact.Fenced("c", 1),
            new Fact.Deleted("c"),
            new Fact.TasksComputed("c", List.of()))) {
      state = state.apply(state.offset() + 1, fact);
    }
    assertThat(state.fencing("c").tasks()).isEqualTo(1);
  }

  // ---- what is asked twice ---------------------------------------------------------------------

  /** Several workers have the connector's secrets, and all notice that they have expired. */
  @Test
  void expiredSecretsRestartOnce() {
    var state = ClusterState.EMPTY.apply(0, new Fact.Configured("c", A));
    var expired = new Command.RestartExpired("c", Restart.INSTANCE, 0);
    var facts = factsOf(state, expired);
    assertThat(facts).containsExactly(new Fact.RestartAsked("c", Restart.INSTANCE));
    assertThat(factsOf(state.apply(1, facts.getFirst()), expired)).isEmpty();
  }

  @Test
  void aKeyIsReplacedOnceWhateverItsDate() {
    var future = new SessionKey("a", "HmacSHA256", Long.MAX_VALUE);
    var state = ClusterState.EMPTY.apply(0, new Fact.KeyRotated(future));
    var newer = new Command.RotateKey(new SessionKey("b", "HmacSHA256", 1), Optional.of(future));
    var facts = factsOf(state, newer);
    assertThat(facts).containsExactly(new Fact.KeyRotated(newer.key()));
    assertThat(factsOf(state.apply(1, facts.getFirst()), newer)).isEmpty();
  }

  /** A newer version's record means nothing here, but whoever awaits it must not wait for ever. */
  @Test
  void whatMeansNothingIsReadAllTheSame() {
    lead();
    send(new Event.Passed(5));
    assertThat(core.state().offset()).isEqualTo(5);
    send(new Event.Passed(4));
    assertThat(core.state().offset()).isEqualTo(5);
  }

  // ---- helpers ---------------------------------------------------------------------------------

  private void lead() {
    send(new Event.Joined(new Membership(1, "me", new TreeSet<>(List.of("me")), -1)));
    send(new Event.Claimed(1, 1, -1));
  }

  private void runs(String connector) {
    send(create(1, connector));
    confirm(only(Action.Append.class));
    assertThat(core.held()).containsKey(WorkId.instance(connector));
  }

  private static Event create(long request, String connector) {
    return new Event.Asked(request, new Command.Create(connector, A, TargetState.STARTED));
  }

  private void send(Event event) {
    last = core.step(now, event);
  }

  private void confirm(Action.Append append) {
    var actions = new ArrayList<Action>();
    long offset = core.state().offset();
    for (var fact : append.facts()) {
      actions.addAll(core.step(now, new Event.FactRead(++offset, fact)));
    }
    actions.addAll(core.step(now, new Event.Appended(append.proposal(), offset)));
    last = actions;
  }

  private <A extends Action> List<A> seen(Class<A> type) {
    return last.stream().filter(type::isInstance).map(type::cast).toList();
  }

  private <A extends Action> A only(Class<A> type) {
    assertThat(seen(type)).hasSize(1);
    return seen(type).getFirst();
  }

  private static Rejection.Code codeOf(Action.Reply reply) {
    return ((CommandResult.Rejected) reply.result()).rejection().code();
  }

  private static List<Fact> factsOf(ClusterState state, Command command) {
    return ((Commands.Decision.Accepted) Commands.decide(state, command)).facts();
  }

  private static Fact.Leased leased(String connector, Map<Integer, String> holders) {
    return new Fact.Leased(connector, new TreeMap<>(holders));
  }
}

package dev.millrace.model.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.Fact;
import dev.millrace.model.Membership;
import dev.millrace.model.WorkId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** When a member tells the leader what it holds; the leader gives no work before it has heard. */
class ReportsTest {

  private static final WorkId INSTANCE = WorkId.instance("c");

  private final ControlCore core = new ControlCore("me", ControlTimes.alone());
  private long offset = -1;

  @Test
  void whatWasTakenAwayIsReportedAtOnceAndItsEndAsWell() {
    step(new Event.Joined(new Membership(1, "lead", new TreeSet<>(List.of("lead", "me")), -1)));
    read(new Fact.Seated(1, "lead"));
    read(new Fact.Configured("c", Map.of("k", "a")));
    read(leased(Map.of(WorkId.INSTANCE, "me")));
    assertThat(core.held()).containsOnlyKeys(INSTANCE);

    assertThat(read(leased(Map.of()))).containsExactly(new Action.Report(set(INSTANCE), offset));
    assertThat(step(new Event.Tick())).isEmpty();
    assertThat(step(new Event.WorkStopped(INSTANCE)))
        .containsExactly(new Action.Report(set(), offset));
    assertThat(step(new Event.Tick())).isEmpty();
  }

  private static SortedSet<WorkId> set(WorkId... ids) {
    return new TreeSet<>(List.of(ids));
  }

  private static Fact.Leased leased(Map<Integer, String> holders) {
    return new Fact.Leased("c", new TreeMap<>(holders));
  }

  private List<Action> read(Fact fact) {
    return step(new Event.FactRead(++offset, fact));
  }

  /** The reports that the event leads to. */
  private List<Action> step(Event event) {
    var actions = new ArrayList<Action>(core.step(1_000, event));
    actions.removeIf(action -> !(action instanceof Action.Report));
    return actions;
  }
}

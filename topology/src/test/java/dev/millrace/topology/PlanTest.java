package dev.millrace.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlanTest {

  @Test
  void tellsAddedChangedRemovedAndUnchanged() {
    Plan plan =
        Plan.diff(
            Map.of(
                "t.same", Map.of("a", "1"),
                "t.other", Map.of("a", "1", "b", "2", "c", "3"),
                "t.gone", Map.of()),
            Map.of(
                "t.same", Map.of("a", "1"),
                "t.other", Map.of("a", "1", "b", "4", "d", "5"),
                "t.new", Map.of()));
    assertThat(plan)
        .isEqualTo(
            new Plan(
                List.of("t.new"),
                List.of(new Plan.Change("t.other", List.of("b", "c", "d"))),
                List.of("t.gone"),
                List.of("t.same")));
    assertThat(plan.isEmpty()).isFalse();
    assertThat(Plan.diff(Map.of("x", Map.of()), Map.of("x", Map.of())).isEmpty()).isTrue();
  }
}

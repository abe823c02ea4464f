package dev.millrace.structure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.WorkStatus;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The diagram of a task's life in ARCHITECTURE.md is the table in the code. */
final class LifeCycleDiagramTest {

  @Test
  void theDiagramIsTheTable() {
    var diagram = new StringBuilder("```mermaid\nstateDiagram-v2\n    [*] --> starting\n");
    WorkStatus.transitions()
        .forEach(
            (from, next) ->
                next.forEach(
                    to -> diagram.append("    %s --> %s%n".formatted(name(from), name(to)))));
    diagram.append("```\n");
    assertThat(Repository.here().read("ARCHITECTURE.md")).contains(diagram);
  }

  private static String name(WorkStatus.Phase phase) {
    return phase.name().toLowerCase(Locale.ROOT);
  }
}

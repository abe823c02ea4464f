package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.WorkStatus;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StageStatesTest {

  @Test
  void describesTasks() {
    assertThat(describe()).isEqualTo("waiting");
    assertThat(describe(WorkStatus.RUNNING)).isEqualTo("running (1 task)");
    assertThat(describe(WorkStatus.RUNNING, WorkStatus.RUNNING)).isEqualTo("running (2 tasks)");
    assertThat(describe(WorkStatus.RUNNING, WorkStatus.STARTING))
        .isEqualTo("1 starting, 1 running");
  }

  @Test
  void aFailureComesFirstWithItsReason() {
    String trace =
        """
        org.apache.kafka.connect.errors.ConnectException: Table x is gone
        \tat a.b.C.d(C.java:1)
        Caused by: java.sql.SQLException: no such table
        \tat a.b.C.d(C.java:1)
        """;
    assertThat(describe(WorkStatus.RUNNING, WorkStatus.failed(trace)))
        .isEqualTo("failed: Table x is gone ← no such table");
  }

  @Test
  void aHeadlineLeavesTheReasonOut() {
    assertThat(StageStates.headline("running (1 task)")).isEqualTo("running (1 task)");
    assertThat(StageStates.headline("running (1 task), waiting for the source: away: (conn=3)"))
        .isEqualTo("running (1 task), waiting for the source");
  }

  private static String describe(WorkStatus... tasks) {
    return StageStates.describe(List.of(tasks), List.of(tasks));
  }
}

package dev.millrace.worker.offsets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.model.Command;
import dev.millrace.model.CommandResult;
import dev.millrace.model.TargetState;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class OffsetChangesTest {

  private final List<Command> decided = new CopyOnWriteArrayList<>();
  private final OffsetChanges changes =
      new OffsetChanges(
          command -> {
            decided.add(command);
            return CompletableFuture.completedFuture(new CommandResult.Done(1, false));
          });

  private static Command ended(String connector) {
    return new Command.AwaitStop(connector);
  }

  private static Command target(String connector, TargetState state) {
    return new Command.Retarget(connector, state);
  }

  @Test
  void aStartWaitsUntilTheChangeIsOver() {
    var change = changes.begin("c");
    assertThat(decided).as("earlier commands come first").containsExactly(ended("c"));

    var started = changes.submit(target("c", TargetState.STARTED));
    assertThat(started).isNotDone();
    assertThat(decided).hasSize(1);

    change.close();
    assertThat(started).isCompletedWithValue(new CommandResult.Done(1, false));
    assertThat(decided).contains(target("c", TargetState.STARTED));
  }

  @Test
  void whatDoesNotStartThatConnectorDoesNotWait() {
    try (var change = changes.begin("c")) {
      assertThat(change).isNotNull();
      for (var command :
          List.of(
              target("c", TargetState.STOPPED),
              target("d", TargetState.STARTED),
              new Command.Delete("c"))) {
        assertThat(changes.submit(command)).isDone();
      }
    }
    assertThat(changes.submit(target("c", TargetState.PAUSED))).isDone();
  }

  @Test
  void thereIsOneChangeAtATime() {
    try (var change = changes.begin("c")) {
      assertThat(change).isNotNull();
      assertThatThrownBy(() -> changes.begin("c")).isInstanceOf(OffsetException.class);
    }
    changes.begin("c").close();
  }
}

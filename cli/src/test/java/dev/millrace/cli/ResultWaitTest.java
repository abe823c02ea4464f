package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class ResultWaitTest {
  private final Stop stop = new Stop();
  private final ResultWait wait = new ResultWait(stop, Duration.ofHours(1));

  @Test
  @Timeout(60)
  void endsWhenTheProcessIsToEnd() {
    stop.ask();
    assertThatThrownBy(() -> wait.result(new CompletableFuture<>(), "It did not start"))
        .isInstanceOf(CommandFailure.class)
        .hasMessage("It did not start: Millrace is being stopped.");
  }

  @Test
  void givesTheResultOrSaysWhyThereIsNone() {
    assertThat(wait.result(CompletableFuture.completedFuture(7), "It did not start")).isEqualTo(7);
    var failed = CompletableFuture.failedFuture(new IllegalStateException("it is locked"));
    assertThatThrownBy(() -> wait.result(failed, "It did not start"))
        .isInstanceOf(CommandFailure.class)
        .hasMessage("It did not start: it is locked");
    var impatient = new ResultWait(stop, Duration.ZERO);
    assertThatThrownBy(() -> impatient.result(new CompletableFuture<>(), "It did not start"))
        .isInstanceOf(CommandFailure.class)
        .hasMessage("It did not start within 0 s.");
  }
}

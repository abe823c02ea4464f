package dev.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A lane's thread comes and goes, whatever its clients do. */
class LaneTest {

  @Test
  void goesOnThoughItsClientsCouldNotBeGivenBack() throws Exception {
    var rests = new Semaphore(0);
    var lane =
        new Lane(
            "test",
            Duration.ofMillis(1),
            () -> {
              rests.release();
              throw new NoClassDefFoundError("of a metrics reporter");
            });
    for (int i = 0; i < 3; i++) {
      assertThat(ask(lane)).succeedsWithin(Duration.ofMinutes(1));
      assertThat(rests.tryAcquire(1, TimeUnit.MINUTES)).isTrue();
    }
    assertThat(lane.close(Duration.ofMinutes(1))).isTrue();
  }

  private static CompletableFuture<Void> ask(Lane lane) {
    var done = new CompletableFuture<Void>();
    lane.submit(
        new Lane.Request() {
          @Override
          public void run() {
            done.complete(null);
          }

          @Override
          public void drop() {
            done.cancel(false);
          }
        });
    return done;
  }
}

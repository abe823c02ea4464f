package dev.millrace.worker.offsets;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class TurnsTest {

  private final Turns turns = new Turns();

  private CompletableFuture<Boolean> takenElsewhere(String name, long seconds) {
    var taken = new CompletableFuture<Boolean>();
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try {
                boolean mine = turns.take(name, seconds);
                if (mine) turns.giveBack(name);
                taken.complete(mine);
              } catch (InterruptedException e) {
                taken.completeExceptionally(e);
              }
            });
    return taken;
  }

  @Test
  void oneAfterTheOther() throws Exception {
    assertThat(turns.take("c", 0)).isTrue();
    assertThat(takenElsewhere("c", 0)).succeedsWithin(Duration.ofMinutes(1)).isEqualTo(false);
    assertThat(takenElsewhere("d", 0)).succeedsWithin(Duration.ofMinutes(1)).isEqualTo(true);
    var next = takenElsewhere("c", 60);
    assertThat(next).isNotDone();
    turns.giveBack("c");
    assertThat(next).succeedsWithin(Duration.ofMinutes(1)).isEqualTo(true);
  }

  /** Requests may name connectors that there are not. */
  @Test
  void nothingIsKeptOfNamesThatNobodyUses() throws Exception {
    for (int i = 0; i < 100; i++) {
      assertThat(turns.take("c" + i, 0)).isTrue();
      turns.giveBack("c" + i);
    }
    assertThat(turns.take("c", 0)).isTrue();
    assertThat(takenElsewhere("c", 0)).succeedsWithin(Duration.ofMinutes(1)).isEqualTo(false);
    assertThat(turns.inUse()).isEqualTo(1);
    turns.giveBack("c");
    assertThat(turns.inUse()).isZero();
  }
}

package dev.millrace.worker.offsets;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.model.ClusterState;
import dev.millrace.model.CommandResult;
import dev.millrace.model.ConnectorState;
import dev.millrace.model.Fact;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Offsets of connectors whose configuration cannot be resolved. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class KafkaOffsetAdminTest {

  private final ClusterState state =
      ClusterState.EMPTY.apply(0, new Fact.Configured("c", Map.of()));
  private final OffsetChanges changes =
      new OffsetChanges(
          command -> CompletableFuture.completedFuture(new CommandResult.NotLeader("")));

  private KafkaOffsetAdmin admin(BiFunction<String, ConnectorState, OffsetTarget> targets) {
    return new KafkaOffsetAdmin(state::connector, targets, changes, Duration.ofMillis(100));
  }

  @Test
  void aConfigProviderThatHangsKeepsNoRequest() {
    var never = new CountDownLatch(1);
    var admin =
        admin(
            (name, connector) -> {
              try {
                never.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              throw new AssertionError("it hangs for ever");
            });
    assertThatThrownBy(() -> admin.list("c"))
        .isInstanceOf(OffsetException.class)
        .hasMessageContaining("currently resolving the configuration of connector c");
    never.countDown();
  }

  @Test
  void anErrorOfAConfigProviderIsToldAsItsMessage() {
    var admin =
        admin(
            (name, connector) -> {
              throw new NoClassDefFoundError("of the vault's client");
            });
    assertThatThrownBy(() -> admin.list("c"))
        .isInstanceOf(OffsetException.class)
        .hasMessage("of the vault's client");
  }
}

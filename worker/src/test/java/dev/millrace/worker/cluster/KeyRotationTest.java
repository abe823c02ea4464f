package dev.millrace.worker.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.ClusterState;
import dev.millrace.model.Command;
import dev.millrace.model.Fact;
import dev.millrace.model.SessionKey;
import dev.millrace.model.control.Event;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** When the leader asks for another key to sign with. */
class KeyRotationTest {

  private static final long HOUR = 3_600_000;
  private static final long NOW = 1_000 * HOUR;

  private final List<Event> asked = new ArrayList<>();

  @Test
  void oneIsMadeWhenThereIsNone() {
    look(ClusterState.EMPTY);
    assertThat(asked).hasSize(1);
  }

  @Test
  void oneThatIsTooOldIsReplaced() {
    look(signed(NOW - HOUR + 1));
    assertThat(asked).isEmpty();
    look(signed(NOW - HOUR));
    assertThat(asked).hasSize(1);
  }

  /** As by a worker whose clock was wrong: it would else be in force until that time has come. */
  @Test
  void oneThatIsDatedFarAheadIsReplaced() {
    look(signed(NOW + 1_000)); // clocks need not agree
    assertThat(asked).isEmpty();
    var ahead = signed(NOW + HOUR);
    look(ahead);
    var rotate = (Command.RotateKey) ((Event.Asked) asked.getFirst()).command();
    assertThat(rotate.replaced()).isEqualTo(ahead.sessionKey());
    assertThat(rotate.key().createdMs()).isEqualTo(NOW);
  }

  private void look(ClusterState state) {
    InstantSource clock = () -> Instant.ofEpochMilli(NOW);
    KeyRotation.of(Map.of(), clock).look(state, asked::add);
  }

  private static ClusterState signed(long createdMs) {
    return ClusterState.EMPTY.apply(
        0, new Fact.KeyRotated(new SessionKey("a2V5", "HmacSHA256", createdMs)));
  }
}

package dev.millrace.model.restarts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the settings mean, and how long pauses are. */
class RestartPolicyTest {

  private static final RestartPolicy BACKOFF =
      RestartPolicy.DEFAULT.of(Map.of(RestartPolicy.POLICY, "backoff"));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          never   |          |       | false
          backoff |          |       | true
          never   | backoff  |       | true
          backoff | Never    |       | false
          never   |          | users | true
          backoff |          | users | true
          never   | never    | users | false
          never   | BACKOFF  | users | true
          """)
  void theConnectorsWordCountsBeforeTheTopologyAndThatBeforeTheWorker(
      String worker, String connector, String topology, boolean restarts) {
    var config = new HashMap<String, String>();
    if (connector != null) config.put(RestartPolicy.POLICY, connector);
    if (topology != null) config.put("topology.name", topology);
    var ofWorker = RestartPolicy.DEFAULT.of(Map.of(RestartPolicy.POLICY, worker));
    assertThat(ofWorker.of(config).restarts()).isEqualTo(restarts);
  }

  @Test
  void takesEachNumber() {
    var all =
        Map.of(
            RestartPolicy.POLICY, "backoff",
            RestartPolicy.INITIAL, "7",
            RestartPolicy.MAX, " 70 ",
            RestartPolicy.JITTER, "0",
            RestartPolicy.ATTEMPTS, "3",
            RestartPolicy.HEALTHY, "9");
    assertThat(RestartPolicy.DEFAULT.of(all)).isEqualTo(new RestartPolicy(true, 7, 70, 0, 3, 9));
  }

  @Test
  void whatCannotBeReadCountsAsNotGiven() {
    var odd = Map.of(RestartPolicy.MAX, "${env:MAX}", RestartPolicy.POLICY, "${env:P}");
    assertThat(BACKOFF.of(odd).maxMs()).isEqualTo(RestartPolicy.DEFAULT.maxMs());
    assertThat(BACKOFF.of(odd).restarts()).isFalse();
  }

  @Test
  void pausesDoubleUpToTheLongest() {
    var policy = new RestartPolicy(true, 1_000, 300_000, 0.2, -1, 1);
    assertThat(policy.pauseMs(1, 0.5)).isEqualTo(1_000);
    assertThat(policy.pauseMs(2, 0.5)).isEqualTo(2_000);
    assertThat(policy.pauseMs(9, 0.5)).isEqualTo(256_000);
    assertThat(policy.pauseMs(10, 0.5)).isEqualTo(300_000);
    assertThat(policy.pauseMs(1, 0)).isEqualTo(800);
    assertThat(policy.pauseMs(1, 1)).isEqualTo(1_200);
  }

  @Property
  void pausesStayWithinTheirSpread(
      @ForAll @LongRange(min = 1, max = Long.MAX_VALUE / 4) long initial,
      @ForAll @LongRange(min = 1, max = 1L << 40) long max,
      @ForAll @DoubleRange(min = 0, max = 1) double jitter,
      @ForAll @IntRange(min = 1) int attempt,
      @ForAll @DoubleRange(min = 0, max = 1) double chance) {
    var policy = new RestartPolicy(true, initial, max, jitter, -1, 1);
    assertThat(policy.pauseMs(attempt, chance)).isBetween(0L, 2 * max);
    assertThat(policy.pauseMs(attempt, 0.5))
        .as("never shorter than before")
        .isGreaterThanOrEqualTo(policy.pauseMs(Math.max(1, attempt - 1), 0.5));
  }

  @Test
  void attemptsAreLimited() {
    var three = BACKOFF.of(Map.of(RestartPolicy.ATTEMPTS, "3"));
    assertThat(three.allows(3)).isTrue();
    assertThat(three.allows(4)).isFalse();
    assertThat(BACKOFF.allows(Integer.MAX_VALUE)).isTrue();
    assertThat(RestartPolicy.DEFAULT.allows(1)).isFalse();
  }
}

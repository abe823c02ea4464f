package dev.millrace.model.errors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.errors.ErrorDecision.Fail;
import dev.millrace.model.errors.ErrorDecision.Retry;
import dev.millrace.model.errors.ErrorDecision.Skip;
import java.time.Duration;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The retry and tolerance table of compat: semantics §7. */
class ErrorPolicyTest {
  @DisplayName("§7.1 §7.2 retries, delays and tolerance")
  @ParameterizedTest
  @CsvSource({
    // retry timeout, max delay, tolerance, attempt, retriable, elapsed, expected
    "0, 60000, NONE, 1, true, 0, fail",
    "0, 60000, ALL, 1, true, 0, skip",
    "1000, 60000, NONE, 1, false, 0, fail",
    "1000, 60000, ALL, 1, false, 0, skip",
    "10000, 60000, NONE, 1, true, 0, 300",
    "10000, 60000, NONE, 2, true, 300, 600",
    "10000, 60000, NONE, 3, true, 900, 1200",
    "10000, 60000, NONE, 4, true, 2100, 2400",
    "10000, 60000, NONE, 5, true, 9000, 1000",
    "10000, 60000, NONE, 6, true, 10000, fail",
    "10000, 60000, ALL, 6, true, 10001, skip",
    "-1, 600000, NONE, 9, true, 99999999, 76800",
    "-1, 0, NONE, 1, true, 0, 0"
  })
  void decides(
      long timeout,
      long maxDelay,
      Tolerance tolerance,
      int attempt,
      boolean retriable,
      long elapsed,
      String expected) {
    ErrorDecision decision =
        ErrorPolicy.afterFailure(
            settings(timeout, maxDelay, tolerance),
            attempt,
            retriable,
            Duration.ofMillis(elapsed),
            new Random(1));
    assertThat(text(decision)).isEqualTo(expected);
  }

  private static String text(ErrorDecision decision) {
    return switch (decision) {
      case Retry retry -> Long.toString(retry.delay().toMillis());
      case Skip skip -> "skip";
      case Fail fail -> "fail";
    };
  }

  private static ErrorSettings settings(long timeout, long maxDelay, Tolerance tolerance) {
    return new ErrorSettings(
        Duration.ofMillis(timeout),
        Duration.ofMillis(maxDelay),
        tolerance,
        false,
        false,
        DeadLetterSettings.OFF);
  }

  @DisplayName("§7.2 no delay passes the maximum or the deadline")
  @Property
  void delaysStayBelowTheMaximumAndTheDeadline(
      @ForAll @IntRange(min = 1, max = 200) int attempt,
      @ForAll @LongRange(min = 1, max = 100_000) long maxDelay,
      @ForAll @LongRange(min = 1, max = 100_000) long timeout,
      @ForAll @LongRange(min = 0, max = 100_000) long elapsed,
      @ForAll long seed) {
    ErrorDecision decision =
        ErrorPolicy.afterFailure(
            settings(timeout, maxDelay, Tolerance.NONE),
            attempt,
            true,
            Duration.ofMillis(elapsed),
            new Random(seed));
    if (decision instanceof Retry retry) {
      assertThat(retry.delay()).isBetween(Duration.ZERO, Duration.ofMillis(maxDelay));
      assertThat(retry.delay().toMillis() + elapsed).isLessThanOrEqualTo(timeout);
    } else {
      assertThat(elapsed).isGreaterThanOrEqualTo(timeout);
    }
  }
}

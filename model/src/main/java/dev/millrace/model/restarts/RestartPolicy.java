package dev.millrace.model.restarts;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Whether and when a connector's failed work is restarted by itself: after {@code initialMs},
 * doubled with each attempt up to {@code maxMs}, spread by chance. Immutable.
 *
 * @param restarts whether at all
 * @param initialMs pause before the first attempt, in milliseconds
 * @param maxMs longest pause, in milliseconds, before it is spread
 * @param jitter how far pauses are spread: 0.2 is by a fifth to both sides
 * @param maxAttempts attempts in a row; negative is no limit
 * @param healthyAfterMs work that ran this long is well: its next failure counts as the first
 */
public record RestartPolicy(
    boolean restarts,
    long initialMs,
    long maxMs,
    double jitter,
    int maxAttempts,
    long healthyAfterMs) {

  public static final String POLICY = "restart.policy";
  public static final String INITIAL = "restart.backoff.initial.ms";
  public static final String MAX = "restart.backoff.max.ms";
  public static final String JITTER = "restart.backoff.jitter";
  public static final String ATTEMPTS = "restart.max.attempts";
  public static final String HEALTHY = "restart.healthy.after.ms";
  public static final String NEVER = "never";
  public static final String BACKOFF = "backoff";

  /** Nothing is restarted by itself; and the numbers for who only says that something is. */
  public static final RestartPolicy DEFAULT =
      new RestartPolicy(false, 1_000, 300_000, 0.2, -1, 600_000);

  /** What belongs to a topology is restarted unless somebody says otherwise. */
  private static final String TOPOLOGY = "topology.name";

  /**
   * That of a connector whose worker has this one. Values that cannot be read count as not given:
   * they have been refused before.
   */
  public RestartPolicy of(Map<String, String> config) {
    var word = Optional.ofNullable(config.get(POLICY)).map(String::strip);
    boolean does =
        word.map(BACKOFF::equalsIgnoreCase).orElse(restarts || config.containsKey(TOPOLOGY));
    return new RestartPolicy(
        does,
        read(config, INITIAL, Long::valueOf).orElse(initialMs),
        read(config, MAX, Long::valueOf).orElse(maxMs),
        read(config, JITTER, Double::valueOf).orElse(jitter),
        read(config, ATTEMPTS, Integer::valueOf).orElse(maxAttempts),
        read(config, HEALTHY, Long::valueOf).orElse(healthyAfterMs));
  }

  private static <T> Optional<T> read(
      Map<String, String> config, String key, Function<String, T> parse) {
    try {
      return Optional.ofNullable(config.get(key)).map(String::strip).map(parse);
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** Whether there is an attempt of this number, counted from one. */
  public boolean allows(int attempt) {
    return restarts && (maxAttempts < 0 || attempt <= maxAttempts);
  }

  /**
   * The pause before an attempt, in milliseconds.
   *
   * @param attempt counted from one
   * @param chance from 0 to 1, decides where in its spread the pause lies
   */
  public long pauseMs(int attempt, double chance) {
    double doubled = initialMs * Math.pow(2, Math.max(0, attempt - 1));
    double plain = Math.min((double) maxMs, doubled);
    return Math.max(0, Math.round(plain * (1 - jitter + 2 * jitter * chance)));
  }
}

package dev.millrace.reference;

import dev.millrace.e2e.Await;
import dev.millrace.e2e.Rest;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Two servers that are asked the same.
 *
 * @param others further workers of our group, whose addresses may be in answers
 */
record Pair(URI reference, URI ours, List<URI> others) {

  private static final Duration SETTLE =
      Duration.ofSeconds(Integer.getInteger("conformance.settle.seconds", 90));

  /** What both have answered, as it is compared. */
  record Outcome(Exchange exchange, String reference, String ours) {
    boolean same() {
      return reference.equals(ours);
    }

    @Override
    public String toString() {
      return "%s%n  reference: %s%n  ours:      %s".formatted(exchange, reference, ours);
    }
  }

  /** Sends a request to both; one that may be repeated, until both answer the same. */
  Outcome send(Exchange exchange) {
    try {
      exchange.conditions().forEach(this::await);
    } catch (AssertionError e) {
      return new Outcome(exchange, "", e.getMessage());
    }
    var outcome = once(exchange);
    if (!exchange.repeatable() || exchange.differs().isPresent()) return outcome;
    long end = System.nanoTime() + SETTLE.toNanos();
    while (!outcome.same() && System.nanoTime() < end) {
      LockSupport.parkNanos(50_000_000);
      outcome = once(exchange);
    }
    return outcome;
  }

  private Outcome once(Exchange exchange) {
    return new Outcome(
        exchange,
        Comparison.of(reference, referenceAnswer(exchange)),
        anyOfGroup(Comparison.of(ours, RawHttp.send(ours, exchange))));
  }

  /** Kafka Connect wants some requests again that come just after a change of configurations. */
  private Answer referenceAnswer(Exchange exchange) {
    long end = System.nanoTime() + SETTLE.toNanos();
    var answer = RawHttp.send(reference, exchange);
    while (Rest.wantsItAgain(answer.status(), answer.body()) && System.nanoTime() < end) {
      answer = RawHttp.send(reference, exchange);
    }
    return answer;
  }

  /** Work may be on any worker. */
  private String anyOfGroup(String answer) {
    var text = answer;
    for (var other : others) text = text.replace(other.getAuthority(), "HOST");
    return text;
  }

  private void await(Exchange.Condition condition) {
    var request = condition.request();
    for (var server : List.of(reference, ours)) {
      Await.until(
          "%s at %s".formatted(condition, server),
          SETTLE,
          () -> condition.holds(RawHttp.send(server, request).body()),
          () -> RawHttp.send(server, request).body());
    }
  }
}

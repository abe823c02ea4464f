package dev.millrace.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.e2e.Await;
import dev.millrace.model.Membership;
import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/**
 * What one worker has while something happens to others, and what becomes of it: by the worker's
 * own list of changes nothing of it may stop, begin anew or pause.
 *
 * @param held connectors and tasks it had then
 * @param before number of the newest change by then
 */
record Undisturbed(Numbers numbers, URI worker, Set<String> held, long before) {
  private static final Set<String> STALLS = Set.of("STALLED", "STALL_OVER"); // it runs on

  /**
   * From now on; waits until there are so many workers, and nothing has to move or begin any more.
   */
  static Undisturbed at(Numbers numbers, URI worker, int workers) {
    Await.until(
        "work is evenly spread over all workers, and runs",
        Await.LONG,
        () -> isAtRest(numbers.get(worker, "/v1/cluster"), workers),
        () -> told(numbers, worker));
    return new Undisturbed(numbers, worker, held(numbers, worker), newest(numbers, worker));
  }

  private static boolean isAtRest(JsonNode cluster, int workers) {
    var leases =
        IntStream.range(0, cluster.path("members").size())
            .mapToObj(i -> cluster.path("members").path(i))
            .filter(member -> member.path("present").asBoolean())
            .mapToInt(member -> member.path("leases").asInt())
            .summaryStatistics();
    var phases = cluster.path("work").findValuesAsText("phase");
    return leases.getCount() == workers
        && leases.getMax() - leases.getMin() <= 2 // one connector and one task
        && leases.getSum() == cluster.path("work").size()
        && phases.size() == cluster.path("work").size()
        && phases.stream().allMatch("RUNNING"::equals);
  }

  private static Set<String> held(Numbers numbers, URI worker) {
    var cluster = told(numbers, worker);
    String self = cluster.path("worker_id").asText();
    var held = new TreeSet<String>();
    for (var work : cluster.path("work")) {
      if (!Membership.workerOf(work.path("holder").asText()).equals(self)) continue;
      String task = work.has("task") ? "-" + work.path("task").asInt() : "";
      held.add(work.path("connector").asText() + task);
    }
    assertThat(held).as("what " + worker + " has").isNotEmpty();
    return held;
  }

  private static long newest(Numbers numbers, URI worker) {
    return get(numbers, worker, "/v1/events?limit=1").path(0).path("number").asLong();
  }

  /** Nothing was taken from it, and all of it has run on. */
  void assertSame(Supplier<String> logs) {
    assertThat(held(numbers, worker)).as(logs).containsAll(held);
    assertThat(changes(held::contains)).as(logs).isEmpty();
  }

  /** What was not given to a worker that has come has run on. */
  void assertKeptUndisturbed(Supplier<String> logs) {
    var kept = held(numbers, worker);
    kept.retainAll(held);
    assertThat(changes(kept::contains)).as(logs).isEmpty();
  }

  private List<String> changes(Predicate<String> subject) {
    var events = get(numbers, worker, "/v1/events?limit=2000");
    return StreamSupport.stream(events.spliterator(), false)
        .filter(event -> event.path("number").asLong() > before)
        .filter(event -> subject.test(event.path("subject").asText()))
        .filter(event -> !STALLS.contains(event.path("event").asText()))
        .map(JsonNode::toString)
        .toList();
  }

  private static JsonNode told(Numbers numbers, URI worker) {
    return get(numbers, worker, "/v1/cluster");
  }

  private static JsonNode get(Numbers numbers, URI worker, String path) {
    try {
      return numbers.get(worker, path);
    } catch (Exception e) {
      throw new AssertionError(path + " at " + worker, e);
    }
  }
}

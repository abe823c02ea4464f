package dev.millrace.kafka.status;

import dev.millrace.kafka.status.StatusFormat.Holding;
import dev.millrace.model.WorkId;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * What the status topic says, as far as it has been read (compat: internal topics §7). Written by
 * the topic's reader, read by anyone.
 */
final class StatusTable {
  private final ConcurrentSkipListMap<WorkId, StatusRecord> statuses =
      new ConcurrentSkipListMap<>();
  private final Map<String, SortedMap<String, String>> topics = new ConcurrentHashMap<>();
  private final Map<String, Holding> holdings = new ConcurrentHashMap<>();
  private final Set<String> refusals = ConcurrentHashMap.newKeySet(); // by connector
  private final Map<String, String> requests = new ConcurrentHashMap<>(); // subject to connector

  /** Takes one record in; throws IllegalArgumentException for one that cannot be understood. */
  void apply(StatusKey key, Optional<String> value) {
    switch (key) {
      case StatusKey.Work(var id) ->
          value.map(StatusFormat::status).ifPresentOrElse(s -> put(id, s), () -> remove(id));
      case StatusKey.ActiveTopic active -> apply(active, value);
      case StatusKey.Request(var subject) ->
          value
              .map(RequestFormat::decode)
              .ifPresentOrElse(
                  asked -> requests.put(subject, RequestFormat.connectorOf(asked)),
                  () -> requests.remove(subject));
      case StatusKey.Refusal(var connector) -> {
        if (value.isPresent()) refusals.add(connector);
        else refusals.remove(connector);
      }
      case StatusKey.Member(var member) ->
          value
              .map(StatusFormat::holding)
              .ifPresentOrElse(h -> holdings.put(member, h), () -> holdings.remove(member));
    }
  }

  private void put(WorkId id, StatusRecord status) {
    statuses.merge(id, status, (now, next) -> hides(now, next) ? now : next);
  }

  /** A late "unassigned" of the former owner must not hide what the new one says. */
  private static boolean hides(StatusRecord now, StatusRecord next) {
    return next.state() == StatusRecord.State.UNASSIGNED
        && now.state() == StatusRecord.State.RUNNING
        && now.generation() >= next.generation()
        && !now.worker().equals(next.worker());
  }

  private void remove(WorkId id) {
    statuses.remove(id);
    if (id.isInstance()) {
      tasks(id.connector()).clear();
    }
  }

  private SortedMap<WorkId, StatusRecord> tasks(String connector) {
    return statuses.subMap(
        new WorkId(connector, 0), true, new WorkId(connector, Integer.MAX_VALUE), true);
  }

  private void apply(StatusKey.ActiveTopic key, Optional<String> value) {
    topics.compute(
        key.connector(),
        (connector, known) -> {
          var next = new TreeMap<>(known == null ? Map.<String, String>of() : known);
          value.ifPresentOrElse(
              text -> next.put(key.topic(), text), () -> next.remove(key.topic()));
          return next.isEmpty() ? null : Collections.unmodifiableSortedMap(next);
        });
  }

  Optional<StatusRecord> of(WorkId id) {
    return Optional.ofNullable(statuses.get(id));
  }

  /** The statuses of a connector's tasks, by number. */
  SortedMap<Integer, StatusRecord> tasksOf(String connector) {
    var found = new TreeMap<Integer, StatusRecord>();
    tasks(connector).forEach((id, status) -> found.put(id.task(), status));
    return found;
  }

  /** The topics a connector uses; with what was written of them. */
  SortedMap<String, String> topicsOf(String connector) {
    return topics.getOrDefault(connector, Collections.emptySortedMap());
  }

  /** All work that has a status. */
  Set<WorkId> work() {
    return Set.copyOf(statuses.keySet());
  }

  /** The connectors that have topics. */
  Set<String> connectorsWithTopics() {
    return Set.copyOf(topics.keySet());
  }

  /** The requests that are there still: their subjects, and the connectors they are about. */
  Map<String, String> requests() {
    return Map.copyOf(requests);
  }

  /** The connectors whose tasks were once refused. */
  Set<String> refusals() {
    return Set.copyOf(refusals);
  }

  Map<String, Holding> holdings() {
    return Map.copyOf(holdings);
  }

  /**
   * Whether this worker may write this status: reports that the work has ended do not go over what
   * another worker has said in a later generation. One that is not there any more has no say: the
   * group may have been forgotten since, and count its generations from one.
   *
   * @param members those of the group
   */
  boolean allows(WorkId id, StatusRecord next, Set<String> members) {
    StatusRecord now = statuses.get(id);
    return !next.state().yields()
        || now == null
        || now.worker().equals(next.worker())
        || !members.contains(now.member()) // or of Kafka Connect, which names none
        || now.generation() <= next.generation();
  }
}

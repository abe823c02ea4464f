package dev.millrace.kafka.status;

import dev.millrace.model.WorkId;

/** What a record of the topic is about. */
sealed interface StatusKey {
  /** A piece of work. */
  record Work(WorkId id) implements StatusKey {}

  /** A topic that a connector uses. */
  record ActiveTopic(String topic, String connector) implements StatusKey {}

  /** What a worker asks of the leader, by its subject: a newer request replaces an older one. */
  record Request(String subject) implements StatusKey {}

  /** That the leader does not take the tasks of a connector. */
  record Refusal(String connector) implements StatusKey {}

  /** What a member holds. */
  record Member(String id) implements StatusKey {}
}

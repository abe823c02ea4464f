package dev.millrace.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Asks every few seconds whether a topic is there, and still the one that it was at first: a
 * consumer does not tell. It never waits for an answer. Confined to one thread.
 */
final class TopicWatch {
  private static final Duration EVERY = Duration.ofSeconds(5);
  private static final Duration SOON = Duration.ofSeconds(1);
  private static final int MISSED = 2; // answers in a row: a broker that has just started may err

  private final String topic;
  private final Admin admin;
  private Optional<KafkaFuture<TopicDescription>> asked = Optional.empty();
  private Optional<Uuid> id = Optional.empty();
  private Optional<TopicTrouble> trouble = Optional.empty();
  private long askAt = System.nanoTime();
  private int missed;

  /**
   * Nothing is asked yet.
   *
   * @param admin a client it does not close
   */
  TopicWatch(String topic, Admin admin) {
    this.topic = topic;
    this.admin = admin;
  }

  /** What is known of the topic by now; empty when it is as it should be. Returns at once. */
  Optional<TopicTrouble> look() {
    if (asked.filter(KafkaFuture::isDone).isPresent()) {
      take(asked.get());
      asked = Optional.empty();
    }
    if (asked.isEmpty() && System.nanoTime() - askAt >= 0) {
      askAt = System.nanoTime() + EVERY.toNanos();
      asked = Optional.of(admin.describeTopics(List.of(topic)).topicNameValues().get(topic));
    }
    return trouble;
  }

  private void take(KafkaFuture<TopicDescription> answer) {
    try {
      found(answer.get().topicId());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        missing();
      } else if (e.getCause() instanceof AuthorizationException) {
        trouble = Optional.of(TopicTrouble.refused(topic, "described", e.getCause()));
      } // else Kafka is out of reach, which says nothing of the topic
    }
  }

  private void found(Uuid now) {
    missed = 0;
    if (id.isEmpty()) id = Optional.of(now);
    trouble = id.get().equals(now) ? Optional.empty() : Optional.of(TopicTrouble.replaced(topic));
  }

  private void missing() {
    if (++missed >= MISSED) trouble = Optional.of(TopicTrouble.gone(topic));
    else askAt = System.nanoTime() + SOON.toNanos();
  }
}

package dev.millrace.kafka.config;

import dev.millrace.kafka.KafkaAccessException;
import dev.millrace.kafka.Topics;
import dev.millrace.model.Fact;
import dev.millrace.model.Rejection;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.TopicConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What keeps something from being written to the config topic, in words. Immutable. */
final class WriteFaults {
  private static final Logger LOG = LoggerFactory.getLogger(WriteFaults.class);
  private static final Duration LOOK = Duration.ofSeconds(5);
  private static final long MAX = Long.MAX_VALUE;
  private static final String MAX_REQUEST = "1048576"; // compat: of Kafka's producer

  private final TopicLogSettings settings;
  private final String topic;

  WriteFaults(TopicLogSettings settings) {
    this.settings = settings;
    this.topic = settings.topic().name();
  }

  /** A right is missing, or the credentials are wrong. */
  Rejection refused(Throwable error) {
    return new Rejection(
        Rejection.Code.UNAVAILABLE,
        "The leader may not write the config topic '%s' in transactions: %s"
            .formatted(topic, error.getMessage()),
        ("Its principal needs WRITE and DESCRIBE on the topic, and WRITE and DESCRIBE on the"
                + " transactional id '%s'; it goes on by itself then")
            .formatted(settings.producer().get(ProducerConfig.TRANSACTIONAL_ID_CONFIG)));
  }

  /** The broker took the records into another topic of that name. */
  Rejection replaced() {
    return new Rejection(
        Rejection.Code.UNAVAILABLE,
        "The config topic '%s' is another one than this worker has read".formatted(topic),
        "Restart the workers: they take it as it is");
  }

  /** Facts whose records are too large; asks Kafka how large they may be. */
  Map<Fact, Rejection> tooLarge(Map<FactRecord, Fact> records) {
    var found = new HashMap<Fact, Rejection>();
    if (records.isEmpty()) return found;
    var most =
        settings.producer().getOrDefault(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_REQUEST);
    var topics = maxMessage();
    var limit =
        "max.message.bytes of the topic (%s) and max.request.size of the workers (%s)"
            .formatted(topics.orElse("unknown"), most);
    long least = Math.min(Long.parseLong(most.toString()), topics.map(Long::valueOf).orElse(MAX));
    long largest = records.keySet().stream().mapToLong(Batch::size).max().orElse(0);
    records.forEach(
        (record, fact) -> {
          if (Batch.size(record) < Math.min(largest, least)) return; // refused with a larger one
          var why =
              new Rejection(
                  Rejection.Code.INVALID,
                  "%s has %d bytes, more than the config topic '%s' takes: %s"
                      .formatted(named(record.key(), fact), Batch.size(record), topic, limit),
                  "Make it smaller, or raise these limits");
          LOG.error("{}. {}", why.message(), why.hint());
          found.put(fact, why);
        });
    return found;
  }

  private static String named(String key, Fact fact) {
    return switch (fact) {
      case Fact.Configured(var name, var config) -> "The configuration of connector " + name;
      case Fact.TasksComputed ignored when key.startsWith("task-") ->
          "The configuration of task " + key.substring("task-".length());
      case Fact ignored -> "The record " + key;
    };
  }

  private Optional<String> maxMessage() {
    try (Admin admin = Admin.create(settings.admin())) {
      return new Topics(admin, LOOK).setting(topic, TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
    } catch (KafkaException | KafkaAccessException e) {
      LOG.debug("max.message.bytes of {} is not known", topic, e);
      return Optional.empty();
    }
  }
}

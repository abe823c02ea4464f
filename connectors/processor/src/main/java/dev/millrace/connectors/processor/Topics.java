package dev.millrace.connectors.processor;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that the topics of a processor exist before Kafka Streams starts, which would fail
 * without them. Owned by the starting thread.
 */
final class Topics implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Topics.class);
  private static final long CALL_SECONDS = 10;

  private final Admin admin;
  private final ProcessorConfig config;

  Topics(ProcessorConfig config) {
    this.admin = Admin.create(config.admin());
    this.config = config;
  }

  /**
   * Looks once, creates what may be created.
   *
   * @return what is still missing, in words; empty when all is there
   * @throws KafkaException when the cluster refuses
   */
  Optional<String> ensure(String input, String output, boolean table) throws InterruptedException {
    try {
      Set<String> present = get(admin.listTopics().names());
      short replication = config.getShort(ProcessorConfig.OUTPUT_REPLICATION);
      if (!present.contains(output)) {
        int partitions = config.getInt(ProcessorConfig.OUTPUT_PARTITIONS);
        create(new NewTopic(output, partitions, replication).configs(outputConfigs(table)));
      }
      if (present.contains(input)) {
        return Optional.empty();
      }
      if (!config.getBoolean(ProcessorConfig.INPUT_CREATE)) {
        return Optional.of("the topic '" + input + "' does not exist yet");
      }
      create(new NewTopic(input, 1, replication));
      return Optional.empty();
    } catch (TimeoutException | RetriableException e) {
      return Optional.of(
          "the cluster at "
              + config.getString(ProcessorConfig.BOOTSTRAP_SERVERS)
              + " does not answer");
    }
  }

  /** A table's topic keeps the newest row of each key. */
  private static Map<String, String> outputConfigs(boolean table) {
    return table
        ? Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT)
        : Map.of();
  }

  private void create(NewTopic topic) throws InterruptedException, TimeoutException {
    try {
      get(admin.createTopics(List.of(topic)).all());
    } catch (TopicExistsException e) {
      LOG.debug("Somebody else has just created the topic {}", topic.name());
    }
  }

  private static <T> T get(org.apache.kafka.common.KafkaFuture<T> future)
      throws InterruptedException, TimeoutException {
    try {
      return future.get(CALL_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new KafkaException(e.getCause());
    }
  }

  @Override
  public void close() {
    admin.close(java.time.Duration.ofSeconds(1));
  }
}

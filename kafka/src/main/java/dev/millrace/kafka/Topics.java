package dev.millrace.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates, describes and lists topics; every call blocks, at most for the timeout. Thread-safe as
 * its admin client, which belongs to the caller.
 */
public final class Topics {

  private static final Logger LOG = LoggerFactory.getLogger(Topics.class);
  private static final Duration API_TIMEOUT = Duration.ofSeconds(60); // of Kafka's admin client
  private static final Duration RETRY_PAUSE = Duration.ofMillis(300);

  private final Admin admin;
  private final Duration timeout;

  /** Uses an admin client it does not close. */
  public Topics(Admin admin, Duration timeout) {
    this.admin = admin;
    this.timeout = timeout;
  }

  /** How long a client with these settings waits for answers: {@code default.api.timeout.ms}. */
  static Duration timeout(Map<String, Object> client) {
    Object given = client.get(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG);
    return given == null
        ? API_TIMEOUT
        : Duration.ofMillis(Long.parseLong(given.toString().strip()));
  }

  /** What became of a creation. */
  public enum Creation {
    CREATED,
    EXISTED,
    /** Not authorised or not supported: somebody else has to create the topic. */
    REFUSED
  }

  /**
   * Creates a topic where it is missing. Too few brokers for the replication factor and timeouts
   * are tried again until the timeout, since brokers may still be starting.
   *
   * @throws KafkaAccessException when that does not help
   */
  public Creation create(TopicSpec spec) {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (true) {
      try {
        await(admin.createTopics(List.of(newTopic(spec))).all(), deadline);
        LOG.info("Created topic '{}'", spec.name());
        return Creation.CREATED;
      } catch (TopicExistsException e) {
        return Creation.EXISTED;
      } catch (AuthorizationException | UnsupportedVersionException e) {
        LOG.info("Topic '{}' is taken to exist, it may not be created: {}", spec.name(), reason(e));
        return Creation.REFUSED;
      } catch (InvalidReplicationFactorException | RetriableException e) {
        if (deadline - System.nanoTime() <= RETRY_PAUSE.toNanos()) {
          throw failed("create", spec.name(), e);
        }
        pause(spec.name());
      } catch (org.apache.kafka.common.KafkaException e) {
        throw failed("create", spec.name(), e);
      }
    }
  }

  /** Between attempts. */
  static void pause(String topic) {
    try {
      TimeUnit.MILLISECONDS.sleep(RETRY_PAUSE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed("wait for", topic, e);
    }
  }

  private static NewTopic newTopic(TopicSpec spec) {
    Optional<Integer> partitions =
        spec.partitions() < 0 ? Optional.empty() : Optional.of(spec.partitions());
    Optional<Short> replication =
        spec.replicationFactor() < 0 ? Optional.empty() : Optional.of(spec.replicationFactor());
    return new NewTopic(spec.name(), partitions, replication).configs(spec.settings());
  }

  /**
   * Creates a compacted topic, or checks that the existing one is compacted and nothing else
   * (compat: internal topics §2).
   *
   * @throws KafkaAccessException when its policy is another, or when it is not there and may not be
   *     created, also until the timeout
   */
  public void requireCompacted(TopicSpec spec) {
    if (create(spec.compacted()) == Creation.CREATED) {
      return;
    }
    awaitCleanupPolicy(spec.name())
        .filter(policy -> !policy.equals(TopicConfig.CLEANUP_POLICY_COMPACT))
        .ifPresent(
            policy -> {
              throw new KafkaAccessException(
                  "Topic '%s' has cleanup.policy '%s' but must have exactly 'compact', or entries get lost. Set cleanup.policy=compact on it or name another topic."
                      .formatted(spec.name(), policy));
            });
  }

  /**
   * Waits while a topic is missing that the members of a group must have had. Those that have died
   * are members for a while.
   *
   * @throws KafkaAccessException when that is so until the timeout
   */
  void requireNotLost(String topic, String group) {
    long deadline = deadline();
    while (isMissing(topic) && hasMembers(group)) {
      if (deadline - System.nanoTime() <= RETRY_PAUSE.toNanos()) {
        throw new KafkaAccessException(
            "Topic '%s' is not there, but group '%s' has members, which use it: it was deleted. Stop them first, and restore the topic if there is a copy."
                .formatted(topic, group));
      }
      pause(topic);
    }
  }

  private boolean isMissing(String topic) {
    try {
      var unused = cleanupPolicy(topic);
      return false;
    } catch (UnknownTopicOrPartitionException e) {
      return true;
    }
  }

  /** False when that may not be known. */
  private boolean hasMembers(String group) {
    try {
      var described = admin.describeClassicGroups(List.of(group)).describedGroups().get(group);
      return !await(described, deadline()).members().isEmpty();
    } catch (org.apache.kafka.common.KafkaException e) {
      LOG.debug("The members of group '{}' are not known: {}", group, reason(e));
      return false;
    }
  }

  /** Somebody else may be creating it just now. */
  private Optional<String> awaitCleanupPolicy(String topic) {
    long deadline = deadline();
    while (true) {
      try {
        return cleanupPolicy(topic);
      } catch (UnknownTopicOrPartitionException e) {
        if (deadline - System.nanoTime() <= RETRY_PAUSE.toNanos()) {
          throw new KafkaAccessException(
              "Topic '%s' does not exist, and this client may not create it. Create it with cleanup.policy=compact, or allow the client CREATE on it."
                  .formatted(topic));
        }
        pause(topic);
      }
    }
  }

  private Optional<String> cleanupPolicy(String topic) {
    return setting(topic, TopicConfig.CLEANUP_POLICY_CONFIG);
  }

  /**
   * A setting of a topic; empty when it may not be read.
   *
   * @throws UnknownTopicOrPartitionException when there is no such topic
   * @throws KafkaAccessException when it cannot be read for another reason
   */
  public Optional<String> setting(String topic, String key) {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    try {
      Config config =
          await(admin.describeConfigs(List.of(resource)).all(), deadline()).get(resource);
      return Optional.ofNullable(config.get(key)).map(ConfigEntry::value);
    } catch (AuthorizationException | UnsupportedVersionException e) {
      LOG.info("{} of topic '{}' cannot be checked: {}", key, topic, reason(e));
      return Optional.empty();
    } catch (UnknownTopicOrPartitionException e) {
      throw e;
    } catch (org.apache.kafka.common.KafkaException e) {
      throw failed("read the settings of", topic, e);
    }
  }

  /** The description of a topic; empty where there is none. */
  public Optional<TopicDescription> describe(String topic) {
    try {
      return Optional.ofNullable(
          await(admin.describeTopics(List.of(topic)).allTopicNames(), deadline()).get(topic));
    } catch (UnknownTopicOrPartitionException e) {
      return Optional.empty();
    } catch (org.apache.kafka.common.KafkaException e) {
      throw failed("describe", topic, e);
    }
  }

  /** The names of all topics but Kafka's internal ones. */
  public Set<String> list() {
    try {
      return Set.copyOf(await(admin.listTopics().names(), deadline()));
    } catch (org.apache.kafka.common.KafkaException e) {
      throw failed("list", "*", e);
    }
  }

  private long deadline() {
    return deadline(timeout);
  }

  /** The end of so long a wait that begins now, in nanoseconds of the system's clock. */
  static long deadline(Duration atMost) {
    return System.nanoTime() + atMost.toNanos();
  }

  /** The result, or Kafka's own exception. */
  static <T> T await(KafkaFuture<T> future, long deadlineNanos) {
    try {
      return future.get(Math.max(1, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new org.apache.kafka.common.errors.TimeoutException("no answer in time", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new org.apache.kafka.common.errors.InterruptException(e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof org.apache.kafka.common.KafkaException k
          ? k
          : new org.apache.kafka.common.KafkaException(e.getCause());
    }
  }

  private static KafkaAccessException failed(String what, String topic, Exception e) {
    return new KafkaAccessException(
        "Kafka did not %s topic '%s': %s. Check that the brokers are up and that this client may do it."
            .formatted(what, topic, reason(e)),
        e);
  }

  private static String reason(Exception e) {
    return e.getClass().getSimpleName() + ": " + e.getMessage();
  }
}

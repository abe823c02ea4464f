package dev.millrace.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The settings of all Kafka clients of a worker, from the worker's file and a connector's
 * configuration (compat: worker config §8–§10). Immutable; computes only.
 */
public final class ClientSettings {

  private static final Logger LOG = LoggerFactory.getLogger(ClientSettings.class);
  private static final String NO_GROUP = "millrace";
  private static final int BATCH_BYTES = 131_072;

  /**
   * Of source tasks, where nobody has chosen otherwise (decision 0100). One request is on its way
   * at a time: what comes meanwhile makes the next batch, so that nothing has to linger.
   */
  private static final Map<String, String> BATCHING =
      Map.of(
          ProducerConfig.BATCH_SIZE_CONFIG, "" + BATCH_BYTES, ProducerConfig.LINGER_MS_CONFIG, "0");

  /**
   * Of sink tasks, where nobody has chosen otherwise (decision 0120): the receive buffer is the
   * operating system's to size, and a fetch has room for several full polls.
   */
  private static final Map<String, String> FETCHING =
      Map.of(
          ConsumerConfig.RECEIVE_BUFFER_CONFIG, "-1",
          ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, "2097152");

  private static final Duration DEFAULT_MAX_POLL_INTERVAL = Duration.ofMinutes(5);

  private final Map<String, String> worker;
  private final Map<String, Object> metricsContext;

  /**
   * From the worker's settings as written (placeholders resolved).
   *
   * @param kafkaClusterId the id of the worker's Kafka cluster, a label of metrics; may be empty
   */
  public ClientSettings(Map<String, String> worker, String kafkaClusterId) {
    Map<String, String> own = new HashMap<>(worker);
    own.remove("config.providers");
    this.worker = Map.copyOf(own);
    this.metricsContext = metricsContext(own, kafkaClusterId);
  }

  private static Map<String, Object> metricsContext(Map<String, String> worker, String clusterId) {
    Map<String, Object> context = new HashMap<>();
    String prefix = CommonClientConfigs.METRICS_CONTEXT_PREFIX;
    worker.forEach(
        (key, value) -> {
          if (key.startsWith(prefix)) {
            context.put(key, value);
          }
        });
    if (!clusterId.isEmpty()) {
      context.put(prefix + "connect.kafka.cluster.id", clusterId);
    }
    if (worker.containsKey("group.id")) {
      context.put(prefix + "connect.group.id", worker.get("group.id"));
    }
    return Map.copyOf(context);
  }

  /** The at-least-once producer of a source task. */
  public Map<String, Object> sourceProducer(
      String connector, int task, Map<String, String> config) {
    Map<String, Object> result = sourceTask(connector, task, config);
    warnOfLostFirstBatch(result);
    return result;
  }

  /**
   * How many bytes of one partition a producer with these settings has on their way at once, at
   * most, not counting that batches may be smaller than is usual here; {@link Long#MAX_VALUE} when
   * that cannot be said: compressed batches hold more than their size, and what is no number is
   * refused by the producer.
   */
  public static long batchBytes(Map<String, Object> producer) {
    Object compression = producer.getOrDefault(ProducerConfig.COMPRESSION_TYPE_CONFIG, "none");
    if (!compression.toString().equals("none")) {
      return Long.MAX_VALUE;
    }
    try {
      return Math.multiplyExact(
          Math.max(number(producer, ProducerConfig.BATCH_SIZE_CONFIG, 16_384), BATCH_BYTES),
          number(producer, ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 5));
    } catch (ArithmeticException | NumberFormatException e) {
      return Long.MAX_VALUE;
    }
  }

  private static long number(Map<String, Object> producer, String name, int byDefault) {
    return Long.parseLong(producer.getOrDefault(name, byDefault).toString().strip());
  }

  private Map<String, Object> sourceTask(String connector, int task, Map<String, String> config) {
    return producer("connector-producer-" + connector + "-" + task, config, BATCHING);
  }

  /** The producer of offset changes asked for by people. */
  public Map<String, Object> connectorOffsetProducer(String connector, Map<String, String> config) {
    return producer("connector-offset-producer-" + connector, config, Map.of());
  }

  /** The producer of a sink task's dead letters. */
  public Map<String, Object> deadLetterProducer(
      String connector, int task, Map<String, String> config) {
    var result = producer("connector-dlq-producer-" + connector + "-" + task, config, Map.of());
    warnOfLostFirstBatch(result);
    return result;
  }

  /** The transactional producer of an exactly-once source task. */
  public Map<String, Object> exactlyOnceProducer(
      String connector, int task, Map<String, String> config) {
    Map<String, Object> result = sourceTask(connector, task, config);
    boolean chosen =
        worker.containsKey("producer." + ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG)
            || config.containsKey("producer.override." + ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG);
    if (!chosen) {
      result.remove(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG);
    }
    force(result, ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true", connector);
    force(
        result,
        ProducerConfig.TRANSACTIONAL_ID_CONFIG,
        transactionalId(connector, task),
        connector);
    return result;
  }

  /** The transactional id of an exactly-once source task. */
  public String transactionalId(String connector, int task) {
    return worker.getOrDefault("group.id", NO_GROUP) + "-" + connector + "-" + task;
  }

  /** The consumer of a sink task; its {@code group.id} may be overridden. */
  public Map<String, Object> sinkConsumer(String connector, int task, Map<String, String> config) {
    return consumer("connector-consumer-" + connector + "-" + task, connector, config, FETCHING);
  }

  /** {@code max.poll.interval.ms} in the settings of a consumer. */
  public static Duration maxPollInterval(Map<String, Object> consumer) {
    Object value = consumer.get(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG);
    return value == null
        ? DEFAULT_MAX_POLL_INTERVAL
        : Duration.ofMillis(Long.parseLong(value.toString().strip()));
  }

  /**
   * The consumer of a connector's own offset topic.
   *
   * @param exactlyOnce forces reading committed records only, which else is the default
   */
  public Map<String, Object> sourceOffsetConsumer(
      String connector, Map<String, String> config, boolean exactlyOnce) {
    Map<String, Object> result =
        consumer(
            "connector-consumer-" + connector,
            connector,
            config,
            Map.of(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed"));
    if (exactlyOnce) {
      force(result, ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed", connector);
    }
    return result;
  }

  /** The admin client of a connector's own offset topic. */
  public Map<String, Object> sourceOffsetAdmin(String connector, Map<String, String> config) {
    return admin("connector-adminclient-" + connector, config);
  }

  /** An admin client of a source task. */
  public Map<String, Object> sourceAdmin(String connector, int task, Map<String, String> config) {
    return admin("connector-adminclient-" + connector + "-" + task, config);
  }

  /** The admin client that creates a sink task's dead letter topic. */
  public Map<String, Object> deadLetterAdmin(
      String connector, int task, Map<String, String> config) {
    return admin("connector-dlq-adminclient-" + connector + "-" + task, config);
  }

  /** The admin client of operations people ask for: offsets, fencing. */
  public Map<String, Object> workerAdmin(String connector, Map<String, String> config) {
    return admin("connector-worker-adminclient-" + connector, config);
  }

  /** The admin client of the worker itself. */
  public Map<String, Object> sharedAdmin() {
    Map<String, Object> result = own("shared-admin");
    result.putAll(metricsContext);
    return result;
  }

  /** The producer of the worker's offset topic. */
  public Map<String, Object> offsetStoreProducer() {
    Map<String, Object> result = own("offsets");
    result.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName());
    result.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName());
    result.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.toString(Integer.MAX_VALUE));
    result.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "false");
    result.put(ProducerConfig.ACKS_CONFIG, "all");
    result.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, "1");
    result.putAll(metricsContext);
    return result;
  }

  /** The consumer of the worker's offset topic. */
  public Map<String, Object> offsetStoreConsumer(boolean exactlyOnce) {
    Map<String, Object> result = own("offsets");
    result.remove(ConsumerConfig.GROUP_ID_CONFIG);
    result.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
    result.put(
        ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
    result.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    result.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    if (exactlyOnce) {
      result.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    }
    result.putAll(metricsContext);
    return result;
  }

  /** The admin client of the worker's offset topic. */
  public Map<String, Object> offsetStoreAdmin() {
    Map<String, Object> result = own("offsets");
    result.putAll(metricsContext);
    return result;
  }

  /**
   * The producer of the config topic, which the whole cluster shares by its transactional id
   * (compat: internal topics §5). It gives up before a leader's append does.
   */
  public Map<String, Object> configLogProducer() {
    Map<String, Object> result = offsetStoreProducer();
    result.put(CommonClientConfigs.CLIENT_ID_CONFIG, baseId() + "configs");
    result.put(
        ProducerConfig.TRANSACTIONAL_ID_CONFIG,
        "connect-cluster-" + worker.getOrDefault("group.id", NO_GROUP));
    result.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
    result.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, "30000");
    result.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, "15000");
    result.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "10000");
    result.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, "15000");
    result.put(ProducerConfig.LINGER_MS_CONFIG, "0");
    // each claim waits once for so long, while the producer looks for its coordinator
    result.putIfAbsent(ProducerConfig.RETRY_BACKOFF_MS_CONFIG, "20");
    return result;
  }

  /** The consumer of the config topic. */
  public Map<String, Object> configLogConsumer() {
    Map<String, Object> result = offsetStoreConsumer(true);
    makeNone(result);
    result.put(CommonClientConfigs.CLIENT_ID_CONFIG, baseId() + "configs");
    result.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    return result;
  }

  /**
   * The producer of the status topic. It never waits long: a status is soon followed by a newer.
   */
  public Map<String, Object> statusProducer() {
    Map<String, Object> result = offsetStoreProducer();
    result.put(CommonClientConfigs.CLIENT_ID_CONFIG, baseId() + "statuses");
    result.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
    result.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4"); // many tasks are one request
    result.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, "16777216"); // before compression
    result.put(ProducerConfig.LINGER_MS_CONFIG, "1"); // what is sent together is one request
    return result;
  }

  /** The consumer of the status topic. */
  public Map<String, Object> statusConsumer() {
    Map<String, Object> result = offsetStoreConsumer(false);
    makeNone(result);
    result.put(CommonClientConfigs.CLIENT_ID_CONFIG, baseId() + "statuses");
    return result;
  }

  /** A topic of the cluster that is deleted shall not come back empty because it is read. */
  private static void makeNone(Map<String, Object> consumer) {
    consumer.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
  }

  /** A client that looks at a topic once is gone before its metrics tell anything. */
  private Map<String, Object> unmeasured(Map<String, Object> client) {
    if (!worker.containsKey(CommonClientConfigs.METRIC_REPORTER_CLASSES_CONFIG)) {
      client.put(CommonClientConfigs.METRIC_REPORTER_CLASSES_CONFIG, "");
    }
    return client;
  }

  /** The admin client of the status topic. */
  public Map<String, Object> statusAdmin() {
    Map<String, Object> result = unmeasured(own("statuses"));
    result.putAll(metricsContext);
    return result;
  }

  /** The admin client of the config topic. */
  public Map<String, Object> configLogAdmin() {
    Map<String, Object> result = unmeasured(own("configs"));
    result.putAll(metricsContext);
    return result;
  }

  /**
   * The network client of the group's member (compat: worker config §10).
   *
   * @param workerId {@code host:port}, in its name unless the worker has a {@code client.id}
   */
  public Map<String, Object> groupMember(String workerId) {
    String given = worker.getOrDefault(CommonClientConfigs.CLIENT_ID_CONFIG, "");
    Map<String, Object> result = new LinkedHashMap<>(worker);
    result.put(
        CommonClientConfigs.CLIENT_ID_CONFIG, given.isEmpty() ? "connect-" + workerId : given);
    return result;
  }

  /** Clients of the worker itself take all its settings as they are. */
  private Map<String, Object> own(String purpose) {
    Map<String, Object> result = new LinkedHashMap<>(worker);
    result.put(CommonClientConfigs.CLIENT_ID_CONFIG, baseId() + purpose);
    return result;
  }

  private String baseId() {
    String group = worker.getOrDefault("group.id", "");
    String client = worker.getOrDefault(CommonClientConfigs.CLIENT_ID_CONFIG, "");
    if (group.isEmpty()) {
      return "";
    }
    return client.isEmpty() ? group + "-" : group + "-" + client + "-";
  }

  private Map<String, Object> producer(
      String clientId, Map<String, String> config, Map<String, String> defaults) {
    Map<String, Object> result = base(clientId);
    result.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName());
    result.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName());
    result.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, Long.toString(Long.MAX_VALUE));
    result.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "false");
    result.put(ProducerConfig.ACKS_CONFIG, "all");
    result.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, "1");
    result.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.toString(Integer.MAX_VALUE));
    result.putAll(defaults);
    result.putAll(under(worker, "producer."));
    result.putAll(metricsContext);
    result.putAll(under(config, "producer.override."));
    ShieldedInterceptors.before(result);
    return result;
  }

  private Map<String, Object> consumer(
      String clientId, String connector, Map<String, String> config, Map<String, String> defaults) {
    Map<String, Object> result = base(clientId);
    result.put(ConsumerConfig.GROUP_ID_CONFIG, "connect-" + connector);
    result.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    result.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    result.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
    result.put(
        ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
    result.putAll(defaults);
    result.putAll(under(worker, "consumer."));
    result.putAll(metricsContext);
    result.putAll(under(config, "consumer.override."));
    return result;
  }

  private Map<String, Object> admin(String clientId, Map<String, String> config) {
    Map<String, Object> result = new LinkedHashMap<>();
    worker.forEach(
        (key, value) -> {
          if (!key.startsWith("admin.")
              && !key.startsWith("producer.")
              && !key.startsWith("consumer.")) {
            result.put(key, value);
          }
        });
    result.put(CommonClientConfigs.CLIENT_ID_CONFIG, clientId);
    result.putAll(under(worker, "admin."));
    result.putAll(under(config, "admin.override."));
    result.putAll(metricsContext);
    return result;
  }

  private Map<String, Object> base(String clientId) {
    Map<String, Object> result = new LinkedHashMap<>();
    Optional.ofNullable(worker.get(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG))
        .ifPresent(servers -> result.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, servers));
    result.put(CommonClientConfigs.CLIENT_ID_CONFIG, clientId);
    return result;
  }

  private static void warnOfLostFirstBatch(Map<String, Object> producer) {
    if (mayLoseFirstBatch(producer)) {
      LOG.warn(
          "The producer '{}' is idempotent with {} requests at a time: when the first batch to a partition that has just been created is refused, Kafka may take the next, and then never takes the first, for which the task waits for ever. Leave max.in.flight.requests.per.connection at 1, or leave enable.idempotence at false",
          producer.get(CommonClientConfigs.CLIENT_ID_CONFIG),
          producer.get(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION));
    }
  }

  /** Whether somebody has chosen what decision 0200 warns of; a transaction does not have it. */
  static boolean mayLoseFirstBatch(Map<String, Object> producer) {
    return text(producer, ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG).equalsIgnoreCase("true")
        && !text(producer, ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION).equals("1");
  }

  private static String text(Map<String, Object> settings, String key) {
    return settings.getOrDefault(key, "").toString().strip();
  }

  private static Map<String, String> under(Map<String, String> settings, String prefix) {
    Map<String, String> result = new LinkedHashMap<>();
    settings.forEach(
        (key, value) -> {
          if (key.startsWith(prefix)) {
            result.put(key.substring(prefix.length()), value);
          }
        });
    return result;
  }

  private static void force(
      Map<String, Object> settings, String key, String value, String connector) {
    Object given = settings.put(key, value);
    if (given != null
        && !given.toString().toLowerCase(Locale.ROOT).equals(value)
        && !given.equals(value)) {
      LOG.warn(
          "The setting '{}' of connector '{}' is ignored: with exactly-once it is always '{}'",
          key,
          connector,
          value);
    }
  }
}

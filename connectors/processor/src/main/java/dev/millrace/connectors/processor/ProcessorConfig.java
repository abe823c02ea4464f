package dev.millrace.connectors.processor;

import dev.millrace.connectors.processor.flow.FlowSettings;
import dev.millrace.connectors.processor.flow.Tally;
import dev.millrace.connectors.processor.sql.SqlQuery;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.streams.StreamsConfig;

/** The settings of a processor, declared once. Immutable. */
final class ProcessorConfig extends AbstractConfig {
  static final String SQL = "sql";
  static final String TOPIC = "topic";
  static final String BOOTSTRAP_SERVERS = "bootstrap.servers";
  static final String STATE_DIR = "state.dir";
  static final String APPLICATION_ID = "application.id";
  static final String OUTPUT_SCHEMAS = "output.schemas.enable";
  static final String OUTPUT_PARTITIONS = "output.topic.partitions";
  static final String OUTPUT_REPLICATION = "output.topic.replication.factor";
  static final String INPUT_CREATE = "input.topic.create";
  static final String INPUT_WAIT = "input.topic.wait.ms";
  static final String STOP_TIMEOUT = "stop.timeout.ms";

  /** Set for each task by the connector. */
  static final String TASK_ID = "task.id";

  static final String STREAMS_PREFIX = "streams.";
  private static final String TABLE_PREFIX = "table.";
  private static final String TOPIC_SUFFIX = ".topic";
  static final String OWN_RESULTS =
      "The query reads this topic: it would read its own results for ever.";
  private static final String QUERY_GROUP = "Query";
  private static final String KAFKA_GROUP = "Kafka";

  static final ConfigDef DEFINITION = definition();

  ProcessorConfig(Map<String, String> settings) {
    super(DEFINITION, settings, false);
    if (readsItsOwnResults(settings)) {
      throw new ConfigException(TOPIC, getString(TOPIC), OWN_RESULTS);
    }
  }

  /** Whether the query, as far as it is one, reads the topic for its results. */
  static boolean readsItsOwnResults(Map<String, String> settings) {
    String sql = settings.getOrDefault(SQL, "");
    return SqlQuery.parse(sql) instanceof SqlQuery.Compiled compiled
        && inputTopic(compiled.query(), settings).equals(settings.get(TOPIC));
  }

  private static String inputTopic(SqlQuery query, Map<String, ?> settings) {
    Object mapped = settings.get(TABLE_PREFIX + query.table() + TOPIC_SUFFIX);
    return mapped == null ? query.table() : mapped.toString();
  }

  private static ConfigDef definition() {
    return kafka(query(new ConfigDef()))
        .defineInternal(TASK_ID, ConfigDef.Type.INT, 0, Importance.LOW);
  }

  private static ConfigDef query(ConfigDef def) {
    return def.define(
            SQL,
            ConfigDef.Type.STRING,
            ConfigDef.NO_DEFAULT_VALUE,
            ConfigDef.LambdaValidator.with(ProcessorConfig::checkSql, () -> "a supported SELECT"),
            Importance.HIGH,
            "The query: a SELECT over one topic. FROM takes a topic's name, or a name for which"
                + " table.<name>.topic is set.",
            QUERY_GROUP,
            1,
            Width.LONG,
            "SQL")
        .define(
            TOPIC,
            ConfigDef.Type.STRING,
            ConfigDef.NO_DEFAULT_VALUE,
            new ConfigDef.NonEmptyString(),
            Importance.HIGH,
            "The topic for the result. It is created when it is missing.",
            QUERY_GROUP,
            2,
            Width.MEDIUM,
            "Result topic")
        .define(
            OUTPUT_SCHEMAS,
            ConfigDef.Type.BOOLEAN,
            true,
            Importance.MEDIUM,
            "Whether the result's keys and values are written in JsonConverter's envelope with"
                + " their schema, or as plain JSON objects.",
            QUERY_GROUP,
            3,
            Width.SHORT,
            "Result with schemas")
        .define(
            FlowSettings.ON_ROW_ERROR,
            ConfigDef.Type.STRING,
            "fail",
            ConfigDef.ValidString.in("fail", "skip"),
            Importance.MEDIUM,
            "What happens to a row for which the query has no result (overflow, division by zero,"
                + " a text that is no number, …): fail stops the task, skip leaves the row out,"
                + " counts it and logs it.",
            QUERY_GROUP,
            4,
            Width.SHORT,
            "On a row's error");
  }

  private static ConfigDef kafka(ConfigDef def) {
    return topics(
        def.define(
                BOOTSTRAP_SERVERS,
                ConfigDef.Type.STRING,
                ConfigDef.NO_DEFAULT_VALUE,
                new ConfigDef.NonEmptyString(),
                Importance.HIGH,
                "Addresses (host:port, separated by commas) of the Kafka cluster.",
                KAFKA_GROUP,
                1,
                Width.LONG,
                "Kafka addresses")
            .define(
                STATE_DIR,
                ConfigDef.Type.STRING,
                ConfigDef.NO_DEFAULT_VALUE,
                new ConfigDef.NonEmptyString(),
                Importance.HIGH,
                "Directory for the state; each task uses the folder of its number in it.",
                KAFKA_GROUP,
                2,
                Width.LONG,
                "State directory")
            .define(
                APPLICATION_ID,
                ConfigDef.Type.STRING,
                "",
                Importance.MEDIUM,
                "Kafka Streams' application id: prefix of the internal topics, and the consumer"
                    + " group. Default: millrace- followed by the connector's name.",
                KAFKA_GROUP,
                3,
                Width.MEDIUM,
                "Application id")
            .define(
                STOP_TIMEOUT,
                ConfigDef.Type.LONG,
                5000L,
                ConfigDef.Range.atLeast(1),
                Importance.LOW,
                "Milliseconds a task has for stopping cleanly.",
                KAFKA_GROUP,
                8,
                Width.SHORT,
                "Time to stop"));
  }

  private static ConfigDef topics(ConfigDef def) {
    return def.define(
            OUTPUT_PARTITIONS,
            ConfigDef.Type.INT,
            1,
            ConfigDef.Range.atLeast(1),
            Importance.LOW,
            "Partitions of the result topic when it is created.",
            KAFKA_GROUP,
            4,
            Width.SHORT,
            "Result partitions")
        .define(
            OUTPUT_REPLICATION,
            ConfigDef.Type.SHORT,
            (short) -1,
            Importance.LOW,
            "Replication factor of topics when they are created; -1: the broker's default.",
            KAFKA_GROUP,
            5,
            Width.SHORT,
            "Replication factor")
        .define(
            INPUT_CREATE,
            ConfigDef.Type.BOOLEAN,
            true,
            Importance.LOW,
            "Whether a missing input topic is created with one partition. Otherwise the task waits"
                + " for it.",
            KAFKA_GROUP,
            6,
            Width.SHORT,
            "Create input topic")
        .define(
            INPUT_WAIT,
            ConfigDef.Type.LONG,
            1000L,
            ConfigDef.Range.atLeast(1),
            Importance.LOW,
            "Milliseconds between two looks for a missing input topic or an unreachable cluster.",
            KAFKA_GROUP,
            7,
            Width.SHORT,
            "Wait for input topic");
  }

  private static void checkSql(String key, Object value) {
    if (value instanceof String sql && SqlQuery.parse(sql) instanceof SqlQuery.Refused refused) {
      String all =
          refused.problems().stream().map(Object::toString).collect(Collectors.joining("\n"));
      throw new ConfigException(all);
    }
  }

  /** The compiled query; the definition has checked it. */
  SqlQuery query() {
    return switch (SqlQuery.parse(getString(SQL))) {
      case SqlQuery.Compiled compiled -> compiled.query();
      case SqlQuery.Refused refused ->
          throw new ConfigException("The query is refused: " + refused.problems());
    };
  }

  FlowSettings flow(SqlQuery query, Tally tally) {
    return new FlowSettings(
        inputTopic(query, originalsStrings()),
        getString(TOPIC),
        getBoolean(OUTPUT_SCHEMAS),
        getString(FlowSettings.ON_ROW_ERROR).equals("skip"),
        tally);
  }

  int taskId() {
    return getInt(TASK_ID);
  }

  String applicationId() {
    String set = getString(APPLICATION_ID);
    return set.isEmpty() ? defaultApplicationId() : set;
  }

  /** A topic's name is made of it: other characters give way to a hash of the name. */
  private String defaultApplicationId() {
    String name = originalsStrings().getOrDefault("name", "processor");
    String legal = name.replaceAll("[^a-zA-Z0-9._-]", "-");
    String hash = legal.equals(name) ? "" : "-" + Integer.toHexString(name.hashCode());
    return "millrace-" + legal + hash.toLowerCase(Locale.ROOT);
  }

  Duration inputWait() {
    return Duration.ofMillis(getLong(INPUT_WAIT));
  }

  Duration stopTimeout() {
    return Duration.ofMillis(getLong(STOP_TIMEOUT));
  }

  /** Settings of clients that look after topics: the cluster's address and security. */
  Map<String, Object> admin() {
    Map<String, Object> settings = new java.util.HashMap<>();
    originalsWithPrefix(STREAMS_PREFIX).forEach(settings::put);
    settings.keySet().removeIf(key -> !isConnection(key));
    settings.put(BOOTSTRAP_SERVERS, getString(BOOTSTRAP_SERVERS));
    settings.put("client.id", applicationId() + "-topics-" + taskId());
    return settings;
  }

  private static boolean isConnection(String key) {
    return key.startsWith("ssl.") || key.startsWith("sasl.") || key.startsWith("security.");
  }

  /**
   * Kafka Streams' settings: exactly once, quick results, quick recovery; streams.* has its way.
   */
  Properties streams() {
    Properties settings = new Properties();
    String member = applicationId() + "-" + taskId();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId());
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, getString(BOOTSTRAP_SERVERS));
    settings.put(
        StreamsConfig.STATE_DIR_CONFIG,
        Path.of(getString(STATE_DIR), Integer.toString(taskId())).toString());
    settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 100);
    settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 1);
    settings.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, 0);
    settings.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, -1);
    settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 8L * 1024 * 1024);
    settings.put(consumer(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG), member);
    settings.put(consumer(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), 10_000);
    settings.put(consumer(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), 3_000);
    settings.put(consumer(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
    settings.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 5);
    settings.putAll(originalsWithPrefix(STREAMS_PREFIX));
    return settings;
  }

  private static String consumer(String key) {
    return StreamsConfig.mainConsumerPrefix(key);
  }
}

package dev.millrace.topology;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Compiles a topology to connector configurations in Kafka Connect's vocabulary. Stateless.
 *
 * <p>A stage becomes the connector {@code <topology>.<stage>}. What Millrace sets: {@code name},
 * {@code connector.class}, {@code connector.plugin.version} if the file asks for one, {@code
 * tasks.max}, and the marks {@code topology.name} and {@code topology.stage}, which Kafka Connect
 * ignores. Sources get {@code topic.creation.default.*}, since Kafka Connect creates no topic
 * without (compat: connector configuration §3). Processors get {@code topic}, one {@code
 * table.<name>.topic} for each stage they name, and {@code bootstrap.servers} and {@code state.dir}
 * as placeholders the worker's config provider fills in. All else is the user's.
 */
public final class Compiler {
  private static final String JDBC_SINK = "dev.millrace.connectors.jdbc.JdbcSinkConnector";

  /** Keys a user may repeat but not change. */
  static final Set<String> RESERVED =
      Set.of(
          "name",
          "connector.class",
          "connector.plugin.version",
          "tasks.max",
          "topology.name",
          "topology.stage");

  private final Topology topology;
  private final Graph graph;
  private final ConnectorNames names;

  private Compiler(Topology topology, ConnectorNames names) {
    this.topology = topology;
    this.graph = Graph.of(topology);
    this.names = names;
  }

  /**
   * The connectors of a topology by name, in the order of its stages. The topology should be free
   * of lint problems; one with problems is compiled as far as it is understood.
   */
  public static Map<String, Map<String, String>> compile(Topology topology, ConnectorNames names) {
    Compiler compiler = new Compiler(topology, names);
    Map<String, Map<String, String>> connectors = new LinkedHashMap<>();
    for (Stage stage : topology.stages()) {
      connectors.put(topology.connectorName(stage), compiler.stage(stage));
    }
    return Collections.unmodifiableMap(connectors);
  }

  private Map<String, String> stage(Stage stage) {
    Map<String, String> config = new LinkedHashMap<>();
    String className = className(stage, names);
    config.put("name", topology.connectorName(stage));
    config.put("connector.class", className);
    stage.connector().pinned().ifPresent(v -> config.put("connector.plugin.version", v));
    config.put("tasks.max", Integer.toString(stage.parallelism()));
    config.put("topology.name", topology.name());
    config.put("topology.stage", stage.name());
    switch (stage) {
      case Source source -> source(source, config);
      case Processor processor -> processor(processor, config);
      case Sink sink -> sink(sink, className, config);
    }
    return Collections.unmodifiableMap(config);
  }

  /** The class of a stage's connector; a name nobody knows is passed on as it is. */
  static String className(Stage stage, ConnectorNames names) {
    String name = stage.connector().name();
    return names.className(stage.kind(), name).orElse(name);
  }

  private static void source(Source source, Map<String, String> config) {
    addOwn(source, config);
    config.putIfAbsent("topic.creation.default.partitions", "1");
    config.putIfAbsent("topic.creation.default.replication.factor", "-1");
  }

  private void processor(Processor processor, Map<String, String> config) {
    config.put("topic", processor.topic());
    for (Input input : processor.inputs()) {
      graph
          .stageOf(input)
          .flatMap(stage -> stage.topics().stream().findFirst())
          .ifPresent(topic -> config.put("table.%s.topic".formatted(input.name()), topic));
    }
    config.put("bootstrap.servers", "${worker:bootstrap.servers}");
    config.put("state.dir", "${worker:data.dir}/state/" + topology.connectorName(processor));
    addOwn(processor, config);
  }

  private void sink(Sink sink, String className, Map<String, String> config) {
    if (!sink.inputs().isEmpty()) {
      config.put("topics", String.join(",", topics(sink, graph)));
    }
    addOwn(sink, config);
    if (className.equals(JDBC_SINK)) {
      config.putIfAbsent("auto.create", "true");
    }
  }

  /** The topics a sink reads, each once. */
  static List<String> topics(Sink sink, Graph graph) {
    Set<String> topics = new LinkedHashSet<>();
    sink.inputs().forEach(input -> topics.addAll(graph.topicsOf(input)));
    return List.copyOf(topics);
  }

  private static void addOwn(Stage stage, Map<String, String> config) {
    stage
        .config()
        .forEach(
            (key, value) -> {
              boolean set = config.containsKey(key);
              if (!RESERVED.contains(key) && !(set && key.equals("topics"))) {
                config.put(key, value);
              }
            });
  }
}

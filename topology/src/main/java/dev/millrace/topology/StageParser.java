package dev.millrace.topology;

import dev.millrace.model.Nearest;
import dev.millrace.topology.yaml.Position;
import dev.millrace.topology.yaml.YamlList;
import dev.millrace.topology.yaml.YamlMap;
import dev.millrace.topology.yaml.YamlNode;
import dev.millrace.topology.yaml.YamlScalar;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads one stage. Owned by one reading thread. */
final class StageParser {
  private static final Set<String> STRUCTURE_OF_ALL = Set.of("connector", "parallelism");

  /** How many stages and topics one stage may read. */
  static final int MAX_INPUTS = 200;

  private final StageKind kind;
  private final YamlScalar name;
  private final YamlMap map;
  private final Settings settings;
  private final Problems problems;

  /** Keys that are missing because they are misspelt: reported as that and not as missing. */
  private final Set<String> misspelt = new HashSet<>();

  StageParser(StageKind kind, YamlScalar name, YamlMap map, Settings settings, Problems problems) {
    this.kind = kind;
    this.name = name;
    this.map = map;
    this.settings = settings;
    this.problems = problems;
  }

  Stage parse() {
    Keys.reportRepeated(map, problems);
    reportTypos();
    Map<String, Given> config = config();
    return switch (kind) {
      case SOURCE -> source(config);
      case PROCESSOR -> processor(config);
      case SINK -> sink(config);
    };
  }

  /** Keys that have a meaning here, for the nearest match. */
  private Set<String> known() {
    Set<String> known = new LinkedHashSet<>(List.of("connector", "parallelism"));
    switch (kind) {
      case SOURCE ->
          known.addAll(List.of("topic", "topics", "transforms", "predicates", "partitions"));
      case PROCESSOR -> known.addAll(List.of("sql", "topic", "from", "partitions"));
      case SINK ->
          known.addAll(List.of("from", "topics", "topics.regex", "transforms", "predicates"));
    }
    known.addAll(List.of(FriendlyKeys.ON_ERROR, FriendlyKeys.DEAD_LETTER_QUEUE));
    return known;
  }

  /**
   * A key near to one of ours that is missing is taken for a typo; all others are the connector's.
   */
  private void reportTypos() {
    Set<String> known = known();
    Set<String> missing = new LinkedHashSet<>(known);
    map.entries().forEach(entry -> missing.remove(entry.name()));
    for (YamlMap.Entry entry : map.distinct()) {
      Optional<String> nearest =
          known.contains(entry.name()) || problems.isFull()
              ? Optional.empty()
              : Nearest.match(entry.name(), missing);
      nearest.ifPresent(meant -> reportTypo(entry, meant));
    }
  }

  private void reportTypo(YamlMap.Entry entry, String meant) {
    misspelt.add(meant);
    problems.add(
        entry.key().position(),
        "unknown key \"%s\"".formatted(entry.name()),
        "did you mean \"%s\"?".formatted(meant));
  }

  private Map<String, Given> config() {
    Flattener flattener = new Flattener(problems);
    for (YamlMap.Entry entry : map.distinct()) {
      if (isSql(entry) && !(entry.value() instanceof YamlScalar)) {
        problems.add(entry.key().position(), "\"sql\" has to be a text");
      } else if (!STRUCTURE_OF_ALL.contains(entry.name()) && !isFrom(entry)) {
        flattener.add(entry);
      }
    }
    Map<String, Given> config =
        new LinkedHashMap<>(FriendlyKeys.resolve(flattener.result(), kind, problems));
    settings.addTo(config, kind);
    return config;
  }

  private boolean isSql(YamlMap.Entry entry) {
    return kind == StageKind.PROCESSOR && entry.name().equals("sql");
  }

  private boolean isFrom(YamlMap.Entry entry) {
    return kind != StageKind.SOURCE && entry.name().equals("from");
  }

  private Source source(Map<String, Given> config) {
    List<String> topics = new ArrayList<>();
    for (String key : List.of("topic", "topics")) {
      Given given = config.get(key);
      if (given != null) {
        topics.addAll(split(given.text()));
      }
    }
    if (config.containsKey("topic")) {
      Keys.checkTopic(config.get("topic").text(), config.get("topic").value(), problems);
    }
    return new Source(
        name.text(), connector(false), topics, parallelism(), texts(config), places(config));
  }

  private Processor processor(Map<String, Given> config) {
    boolean sql = map.entry("sql").isPresent();
    for (String chain : List.of("transforms", "predicates")) {
      map.entry(chain).filter(entry -> sql).ifPresent(this::reportTransforms);
      if (sql) {
        config.keySet().removeIf(key -> key.equals(chain) || key.startsWith(chain + "."));
      }
    }
    Given topic = config.remove("topic");
    if (topic != null) {
      Keys.checkTopic(topic.text(), topic.value(), problems);
    }
    List<Input> inputs = sql ? sqlInputs(config.get("sql")) : from();
    String written = topic == null || topic.text().isBlank() ? name.text() : topic.text();
    Places places = topic == null ? places(config) : places(config, topic);
    return new Processor(
        name.text(), connector(sql), inputs, written, parallelism(), texts(config), places);
  }

  private void reportTransforms(YamlMap.Entry entry) {
    problems.add(
        entry.key().position(),
        "a processor with sql has no %s".formatted(entry.name()),
        "write the change in its SQL, or transform in the source");
  }

  private List<Input> sqlInputs(Given sql) {
    map.entry("from")
        .ifPresent(
            entry ->
                problems.add(
                    entry.key().position(),
                    "a processor with sql takes what it reads from the FROM of its SQL",
                    "remove from:"));
    if (sql == null || !(sql.value() instanceof YamlScalar scalar)) {
      return List.of();
    }
    List<Input> inputs = new ArrayList<>();
    for (SqlNames.Table table : bounded(SqlNames.tables(sql.text()), sql.key())) {
      Position position = scalar.position(table.line(), table.column());
      inputs.add(new Input(table.name(), false, position));
    }
    if (sql.text().isBlank()) {
      problems.add(sql.key(), "\"sql\" has no value");
    }
    return inputs;
  }

  private <T> List<T> bounded(List<T> inputs, Position position) {
    if (inputs.size() <= MAX_INPUTS) {
      return inputs;
    }
    problems.add(
        position,
        "\"%s\" reads more than %d stages and topics".formatted(name.text(), MAX_INPUTS),
        "split it into several stages");
    return inputs.subList(0, MAX_INPUTS);
  }

  private Sink sink(Map<String, Given> config) {
    Optional<YamlMap.Entry> from = map.entry("from");
    boolean plain = config.containsKey("topics") || config.containsKey("topics.regex");
    if (from.isEmpty() && !plain && !misspelt.contains("from")) {
      problems.add(
          name.position(),
          "sink \"%s\" reads nothing".formatted(name.text()),
          "add from: with a stage or topic:NAME");
    }
    if (from.isPresent() && config.containsKey("topics.regex")) {
      problems.add(config.get("topics.regex").key(), "from and topics.regex exclude each other");
    }
    List<Input> inputs = from.isPresent() ? from() : plainTopics(config.get("topics"));
    return new Sink(
        name.text(), connector(false), inputs, parallelism(), texts(config), places(config));
  }

  /** Kafka Connect's own {@code topics}: topics that need no declaration. */
  private List<Input> plainTopics(Given topics) {
    if (topics == null) {
      return List.of();
    }
    return split(topics.text()).stream()
        .map(topic -> new Input(topic, true, topics.value().position()))
        .toList();
  }

  private List<Input> from() {
    Optional<YamlMap.Entry> entry = map.entry("from");
    if (entry.isEmpty()) {
      return List.of();
    }
    YamlNode value = entry.get().value();
    Map<String, Input> inputs = new LinkedHashMap<>();
    List<YamlNode> items = value instanceof YamlList list ? list.items() : List.of(value);
    for (YamlNode item : bounded(items, entry.get().key().position())) {
      if (item instanceof YamlScalar scalar && !scalar.isNothing() && !scalar.text().isBlank()) {
        input(scalar, inputs);
      } else {
        problems.add(
            item instanceof YamlScalar ? entry.get().key().position() : item.position(),
            "\"from\" has to name a stage or topic, or a list of them",
            "for a topic outside this file write topic:NAME, without a space");
      }
    }
    if (items.isEmpty()) {
      problems.add(entry.get().key().position(), "\"from\" is an empty list");
    }
    return List.copyOf(inputs.values());
  }

  private void input(YamlScalar scalar, Map<String, Input> inputs) {
    boolean topicOnly = scalar.text().startsWith("topic:");
    String named = topicOnly ? scalar.text().substring("topic:".length()) : scalar.text();
    if (topicOnly) {
      Keys.checkTopic(named, scalar, problems);
    }
    if (inputs.putIfAbsent(named, new Input(named, topicOnly, scalar.position())) != null) {
      problems.add(scalar.position(), "\"%s\" is twice in from".formatted(named));
    }
  }

  private ConnectorRef connector(boolean sql) {
    Optional<YamlMap.Entry> entry = map.entry("connector");
    if (entry.isEmpty()) {
      boolean misspeltHere = misspelt.contains("connector") || misspelt.contains("sql");
      if (!sql && !misspeltHere) {
        reportNoConnector();
      }
      return sql ? ConnectorRef.SQL : new ConnectorRef("", "");
    }
    ConnectorRef connector = ConnectorRef.parse(Keys.text(entry.get(), problems).orElse(""));
    if (!connector.hasValidVersion()) {
      problems.add(
          entry.get().value().position(),
          "\"%s\" is no version of a connector".formatted(connector.version()),
          "write an exact version such as 1.2.3 or a range such as [1.0,2.0)");
    }
    return connector;
  }

  private void reportNoConnector() {
    boolean plain = map.entry("connector.class").isPresent();
    String hint = "add connector: NAME";
    if (kind == StageKind.PROCESSOR) {
      hint = "add sql: with a query, or connector: NAME";
    } else if (plain) {
      hint = "write connector instead of connector.class";
    }
    problems.add(
        name.position(), "%s \"%s\" has no connector".formatted(kind.word(), name.text()), hint);
  }

  private int parallelism() {
    return map.entry("parallelism")
        .map(entry -> Parallelism.read(entry, problems))
        .orElse(settings.parallelism());
  }

  /** Places by compiled key: structural keys stand for what they become. */
  private Places places(Map<String, Given> config, Given... more) {
    Map<String, Given> places = new LinkedHashMap<>(config);
    for (Given topic : more) {
      places.put("topic", topic);
    }
    structural("connector", places, "connector.class", "connector.plugin.version");
    structural("parallelism", places, "tasks.max");
    structural("from", places, "topics");
    return new Places(name.position(), places);
  }

  private void structural(String key, Map<String, Given> places, String... becomes) {
    Optional<YamlMap.Entry> entry = map.entry(key).filter(e -> !places.containsKey(key));
    if (entry.isPresent()) {
      Given given = new Given("", entry.get().key().position(), entry.get().value());
      places.put(key, given);
      for (String compiled : becomes) {
        places.putIfAbsent(compiled, given);
      }
    }
  }

  private static Map<String, String> texts(Map<String, Given> config) {
    Map<String, String> texts = new LinkedHashMap<>();
    config.forEach((key, given) -> texts.put(key, given.text()));
    return texts;
  }

  private static List<String> split(String list) {
    List<String> parts = new ArrayList<>();
    for (String part : list.split(",", -1)) {
      if (!part.isBlank()) {
        parts.add(part.strip());
      }
    }
    return parts;
  }
}

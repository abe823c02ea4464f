package dev.millrace.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CompilerTest {

  @Test
  void theUserVisitsExampleCompilesToTwoConnectors() throws IOException {
    String text = Files.readString(Repository.root().resolve("examples/user-visits/topology.yaml"));
    assertThat(show(text))
        .isEqualTo(
            """
            user-visits.users
              name = user-visits.users
              connector.class = dev.millrace.connectors.jdbc.JdbcSourceConnector
              tasks.max = 1
              topology.name = user-visits
              topology.stage = users
              url = ${env:USERDB_URL}
              username = ${env:USERDB_USER}
              password = ${env:USERDB_PASSWORD}
              table = users
              mode = incrementing
              incrementing.column.name = id
              topic = user_data
              topic.creation.default.partitions = 1
              topic.creation.default.replication.factor = -1
            user-visits.visits
              name = user-visits.visits
              connector.class = dev.millrace.connectors.processor.SqlProcessorConnector
              tasks.max = 1
              topology.name = user-visits
              topology.stage = visits
              topic = user_visits
              table.users.topic = user_data
              bootstrap.servers = ${worker:bootstrap.servers}
              state.dir = ${worker:data.dir}/state/user-visits.visits
              sql = SELECT user_id, COUNT(*) AS visits FROM users GROUP BY user_id
            """);
  }

  @Test
  void aSinkReadsTheTopicsOfItsStages() {
    assertThat(
            connector(
                "t.report",
                """
                topology: t
                topics: [declared]
                sources: {users: {connector: files, topics: [a, b]}}
                processors: {visits: {sql: SELECT x FROM a}}
                sinks:
                  report:
                    connector: jdbc@[1.0,2.0)
                    parallelism: 3
                    from: [users, visits, topic:other, declared, b]
                    url: jdbc:postgresql://localhost/reports
                    dead.letter.queue: bad
                """))
        .containsEntry("topics", "a,b,visits,other,declared")
        .containsEntry("connector.class", "dev.millrace.connectors.jdbc.JdbcSinkConnector")
        .containsEntry("connector.plugin.version", "[1.0,2.0)")
        .containsEntry("tasks.max", "3")
        .containsEntry("auto.create", "true")
        .containsEntry("errors.tolerance", "all")
        .containsEntry("errors.deadletterqueue.topic.name", "bad")
        .containsEntry("errors.deadletterqueue.topic.replication.factor", "-1")
        .doesNotContainKeys("from", "parallelism", "connector", "dead.letter.queue");
  }

  @Test
  void kafkaConnectsOwnTopicsAndClassesStay() {
    assertThat(
            connector(
                "t.out",
                """
                topology: t
                sinks:
                  out:
                    connector: example.FileSink
                    topics: a, b
                    auto.create: false
                """))
        .containsEntry("connector.class", "example.FileSink")
        .containsEntry("topics", "a,b")
        .containsEntry("auto.create", "false");
  }

  @Test
  void transformsAsListMapOrTextGiveTheSameKeys() {
    String list =
        """
            transforms:
              - mask: {type: MaskField$Value, fields: [ssn, name], predicate: tomb}
              - route:
                  type: RegexRouter
                  regex: "(.*)"
                  replacement: x.$1
            predicates:
              tomb: {type: RecordIsTombstone}
        """;
    String map =
        """
            transforms:
              mask: {type: MaskField$Value, fields: "ssn,name", predicate: tomb}
              route: {type: RegexRouter, regex: (.*), replacement: x.$1}
            predicates: [tomb: {type: RecordIsTombstone}]
        """;
    String flat =
        """
            transforms: mask,route
            transforms.mask.type: org.apache.kafka.connect.transforms.MaskField$Value
            transforms.mask.fields: ssn,name
            transforms.mask.predicate: tomb
            transforms.route.type: org.apache.kafka.connect.transforms.RegexRouter
            transforms.route.regex: (.*)
            transforms.route.replacement: x.$1
            predicates: tomb
            predicates.tomb.type: org.apache.kafka.connect.transforms.predicates.RecordIsTombstone
        """;
    String head = "topology: t\nsources:\n  s:\n    connector: files\n";
    Map<String, String> expected = connector("t.s", head + flat);
    assertThat(expected).containsEntry("transforms.route.replacement", "x.$1");
    assertThat(connector("t.s", head + list)).isEqualTo(expected);
    assertThat(connector("t.s", head + map)).isEqualTo(expected);
  }

  @Test
  void settingsAreDefaultsAndAConvertersSettingsGoWithIt() {
    String text =
        """
        topology: t
        settings:
          parallelism: 4
          value.converter: org.apache.kafka.connect.json.JsonConverter
          value.converter.schemas.enable: false
          key.converter.schemas.enable: false
          on.error: skip
          dead.letter.queue: bad
          partitions: 6
        sources:
          a: {connector: files, topic: x}
          b: {connector: files, topic: y, value.converter: example.Own, on.error: fail,
              parallelism: 1, partitions: 2}
        sinks:
          c: {connector: files, from: a}
        """;
    assertThat(connector("t.a", text))
        .containsEntry("tasks.max", "4")
        .containsEntry("value.converter.schemas.enable", "false")
        .containsEntry("errors.tolerance", "all")
        .containsEntry("topic.creation.default.partitions", "6")
        .doesNotContainKey("errors.deadletterqueue.topic.name");
    assertThat(connector("t.b", text))
        .containsEntry("tasks.max", "1")
        .containsEntry("value.converter", "example.Own")
        .doesNotContainKey("value.converter.schemas.enable")
        .containsEntry("key.converter.schemas.enable", "false")
        .containsEntry("errors.tolerance", "none")
        .containsEntry("topic.creation.default.partitions", "2");
    assertThat(connector("t.c", text))
        .containsEntry("errors.deadletterqueue.topic.name", "bad")
        .doesNotContainKey("partitions");
  }

  @Test
  void aProcessorWithAConnectorGetsWhatTheSqlProcessorGets() {
    assertThat(
            connector(
                "t.p",
                """
                topology: t
                sources: {s: {connector: files, topic: a}}
                processors:
                  p: {connector: example.Enricher, from: [s], bootstrap.servers: "kafka:9092"}
                """))
        .containsEntry("connector.class", "example.Enricher")
        .containsEntry("topic", "p")
        .containsEntry("table.s.topic", "a")
        .containsEntry("bootstrap.servers", "kafka:9092")
        .containsEntry("state.dir", "${worker:data.dir}/state/t.p");
  }

  @Test
  void textsArriveAsWritten() {
    assertThat(
            connector(
                "t.s",
                """
                topology: t
                sources:
                  s:
                    connector: files
                    number: 1e3
                    word: yes
                    zeros: 0123
                    hex: 0x1F
                    date: 2024-01-31
                    time: 12:30:45
                    float: 1.10
                    quoted: " a "
                    nothing: ""
                    nullish: "null"
                    secret: ${env:A:-b}
                    list: [01, no, 1.0]
                    nested: {a: {b: 1_000}}
                """))
        .containsEntry("number", "1e3")
        .containsEntry("word", "yes")
        .containsEntry("zeros", "0123")
        .containsEntry("hex", "0x1F")
        .containsEntry("date", "2024-01-31")
        .containsEntry("time", "12:30:45")
        .containsEntry("float", "1.10")
        .containsEntry("quoted", " a ")
        .containsEntry("nothing", "")
        .containsEntry("nullish", "null")
        .containsEntry("secret", "${env:A:-b}")
        .containsEntry("list", "01,no,1.0")
        .containsEntry("nested.a.b", "1_000");
  }

  @Test
  void theGraphShowsWhoReadsWhom() {
    Topology topology =
        topology(
            """
            topology: t
            topics: [outside]
            sources: {users: {connector: files, topic: user_data}}
            processors: {visits: {sql: 'SELECT x FROM users JOIN outside ON 1 = 1'}}
            sinks: {out: {connector: files, from: [visits, user_data]}}
            """);
    assertThat(Graph.of(topology).edges())
        .containsExactly(
            new Graph.Edge("users", "user_data", "visits"),
            new Graph.Edge("", "outside", "visits"),
            new Graph.Edge("visits", "visits", "out"),
            new Graph.Edge("users", "user_data", "out"));
  }

  private static Map<String, String> connector(String name, String text) {
    return Compiler.compile(topology(text), TestConnectors.INSTANCE).get(name);
  }

  private static Topology topology(String text) {
    Parsed parsed = Topologies.parse("t.yaml", text);
    assertThat(Lint.lint(List.of(parsed), TestConnectors.INSTANCE, StageChecker.NONE)).isEmpty();
    return parsed.topology().orElseThrow();
  }

  private static String show(String text) {
    StringBuilder shown = new StringBuilder();
    Compiler.compile(topology(text), TestConnectors.INSTANCE)
        .forEach(
            (name, config) -> {
              shown.append(name).append('\n');
              config.forEach((k, v) -> shown.append("  %s = %s%n".formatted(k, v)));
            });
    return shown.toString();
  }
}

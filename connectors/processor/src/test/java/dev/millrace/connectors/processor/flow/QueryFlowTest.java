package dev.millrace.connectors.processor.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.connectors.processor.sql.SqlQuery;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Timestamp;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Queries over Streams' test driver: records in, records out. */
@SuppressWarnings("JavaUtilDate") // Connect's logical types are java.util.Date
class QueryFlowTest {
  @TempDir private Path directory;
  private final Tally tally = new Tally();

  private List<String> run(String sql, boolean skip, String... values) {
    FlowSettings settings = new FlowSettings("in", "out", false, skip, tally);
    List<String> lines = new ArrayList<>();
    try (TopologyTestDriver driver = driver(sql, settings)) {
      TestInputTopic<byte[], byte[]> in = input(driver);
      TestOutputTopic<byte[], byte[]> out = output(driver);
      for (String value : values) {
        in.pipeInput(bytes("k"), bytes(value));
      }
      out.readRecordsToList().forEach(r -> lines.add(text(r.key()) + " " + text(r.value())));
    }
    return lines;
  }

  private TopologyTestDriver driver(String sql, FlowSettings settings) {
    Properties properties = new Properties();
    properties.put("application.id", "test");
    properties.put("bootstrap.servers", "none:1");
    properties.put("state.dir", directory.toString());
    SqlQuery query = ((SqlQuery.Compiled) SqlQuery.parse(sql)).query();
    return new TopologyTestDriver(QueryFlow.build(query, settings), properties);
  }

  private static TestInputTopic<byte[], byte[]> input(TopologyTestDriver driver) {
    return driver.createInputTopic("in", new ByteArraySerializer(), new ByteArraySerializer());
  }

  private static TestOutputTopic<byte[], byte[]> output(TopologyTestDriver driver) {
    return driver.createOutputTopic(
        "out", new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private static byte[] bytes(String text) {
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return bytes == null ? "-" : new String(bytes, StandardCharsets.UTF_8);
  }

  @Test
  void projectsAndKeepsTheKey() {
    assertThat(
            run(
                "SELECT *, id * 2 AS twice FROM t WHERE id > 1",
                false,
                "{\"id\":1}",
                "{\"id\":2,\"o\":{\"x\":[1]}}"))
        .containsExactly("k {\"id\":2,\"o\":{\"x\":[1]},\"twice\":4}");
  }

  @Test
  void countsPerGroupWithNullAGroupOfItsOwn() {
    assertThat(
            run(
                "SELECT u, COUNT(*) AS n, COUNT(x) AS m FROM t GROUP BY u",
                false,
                "{\"u\":1,\"x\":1}",
                "{\"u\":null,\"x\":1}",
                "{\"x\":null}",
                "{\"u\":1}"))
        .containsExactly(
            "{\"u\":1} {\"u\":1,\"n\":1,\"m\":1}",
            "{\"u\":null} {\"u\":null,\"n\":1,\"m\":1}",
            "{\"u\":null} {\"u\":null,\"n\":2,\"m\":1}",
            "{\"u\":1} {\"u\":1,\"n\":2,\"m\":1}");
  }

  @Test
  void aggregatesOfIntegersAndDoubles() {
    assertThat(
            run(
                "SELECT u, SUM(x) AS s, MIN(x) AS l, MAX(x) AS h, AVG(x) AS a FROM t GROUP BY u",
                false,
                "{\"u\":\"i\",\"x\":3}",
                "{\"u\":\"i\",\"x\":null}",
                "{\"u\":\"i\",\"x\":-2}",
                "{\"u\":\"d\",\"x\":0.5}",
                "{\"u\":\"d\",\"x\":1}"))
        .contains(
            "{\"u\":\"i\"} {\"u\":\"i\",\"s\":1,\"l\":-2,\"h\":3,\"a\":0.5}",
            "{\"u\":\"d\"} {\"u\":\"d\",\"s\":1.5,\"l\":0.5,\"h\":1,\"a\":0.75}");
  }

  @Test
  void aGroupThatNoLongerHoldsBecomesATombstone() {
    assertThat(
            run(
                "SELECT u, SUM(x) AS s FROM t GROUP BY u HAVING SUM(x) > 1",
                false,
                "{\"u\":1,\"x\":1}",
                "{\"u\":1,\"x\":1}",
                "{\"u\":1,\"x\":-1}"))
        .containsExactly("{\"u\":1} {\"u\":1,\"s\":2}", "{\"u\":1} -");
  }

  @Test
  void whatIsNoRowIsLeftOutAndCounted() {
    assertThat(run("SELECT a FROM t", false, "{oops", null, "[1]", "7", "{\"a\":1} x", "{\"a\":1}"))
        .containsExactly("k {\"a\":1}");
    assertThat(tally.poison()).isEqualTo(2);
    assertThat(tally.skipped()).isEqualTo(3);
  }

  @Test
  void aRowWithoutResultFailsOrIsLeftOut() {
    String sql = "SELECT 10 / a AS x FROM t";
    assertThat(run(sql, true, "{\"a\":0}", "{\"a\":5}")).containsExactly("k {\"x\":2}");
    assertThat(tally.failed()).isEqualTo(1);
    assertThatThrownBy(() -> run(sql, false, "{\"a\":0}"))
        .hasStackTraceContaining(
            "The query has no result for the row at in-0@0: line 1, column 8: division by zero.");
  }

  @Test
  void aSumThatOverflowsFailsOrKeepsTheGroup() {
    String sql = "SELECT u, SUM(x) AS s FROM t GROUP BY u";
    String most = "{\"u\":1,\"x\":9223372036854775807}";
    assertThat(run(sql, true, most, "{\"u\":1,\"x\":1}", "{\"u\":1,\"x\":-7}"))
        .last()
        .isEqualTo("{\"u\":1} {\"u\":1,\"s\":9223372036854775800}");
    assertThatThrownBy(() -> run(sql, false, most, most))
        .hasStackTraceContaining("The query has no result for the group {\"u\":1}");
  }

  @Test
  void integersOfAllWidthsAndEqualNumbersAreOneGroup() {
    String envelope =
        "{\"schema\":{\"type\":\"struct\",\"fields\":[{\"type\":\"int32\",\"field\":\"u\"}]},"
            + "\"payload\":{\"u\":1}}";
    assertThat(
            run(
                "SELECT u, COUNT(*) AS n FROM t GROUP BY u",
                false,
                "{\"u\":1}",
                envelope,
                "{\"u\":1.0}"))
        .last()
        .isEqualTo("{\"u\":1} {\"u\":1,\"n\":3}");
  }

  @Test
  void readsAndWritesConnectsEnvelope() {
    Schema schema =
        SchemaBuilder.struct()
            .field("id", Schema.INT32_SCHEMA)
            .field("price", Decimal.builder(2).optional().build())
            .field("seen", Timestamp.SCHEMA)
            .field("note", SchemaBuilder.string().optional().defaultValue("none").build())
            .field("tags", SchemaBuilder.array(Schema.STRING_SCHEMA).build())
            .build();
    Struct row =
        new Struct(schema)
            .put("id", 7)
            .put("price", new java.math.BigDecimal("12.50"))
            .put("seen", new java.util.Date(1000))
            .put("tags", List.of("a", "b"));
    JsonConverter converter = new JsonConverter();
    converter.configure(new HashMap<>(Map.of("schemas.enable", "true")), false);
    String sql =
        "SELECT *, price * 2 AS twice, CAST(seen AS VARCHAR) AS t, NULLIF(id, 7) AS nothing FROM x";
    FlowSettings settings = new FlowSettings("in", "out", true, false, tally);
    try (TopologyTestDriver driver = driver(sql, settings)) {
      input(driver).pipeInput(null, converter.fromConnectData("in", schema, row));
      byte[] value = output(driver).readValue();
      Struct result = (Struct) converter.toConnectData("out", value).value();
      assertThat(result.getInt32("id")).isEqualTo(7);
      assertThat(result.get("price")).isEqualTo(new java.math.BigDecimal("12.50"));
      assertThat(result.get("seen")).isEqualTo(new java.util.Date(1000));
      assertThat(result.get("note")).isEqualTo("none");
      assertThat(result.get("tags")).isEqualTo(List.of("a", "b"));
      assertThat(result.get("twice")).isEqualTo(new java.math.BigDecimal("25.00"));
      assertThat(result.get("t")).isEqualTo("1970-01-01 00:00:01.000");
      assertThat(result.get("nothing")).isNull();
      assertThat(result.schema().field("nothing").schema().type()).isEqualTo(Schema.Type.INT32);
    }
  }

  private static String price(String value) {
    return "{\"schema\":{\"type\":\"struct\",\"fields\":[{\"type\":\"bytes\",\"name\":\""
        + Decimal.LOGICAL_NAME
        + "\",\"parameters\":{\"scale\":\"2\"},\"field\":\"price\"}]},\"payload\":{\"price\":"
        + value
        + "}}";
  }

  /** As JsonConverter writes them with decimal.format=NUMERIC. */
  @Test
  void decimalsWrittenAsNumbersAreReadToTheLastDigit() {
    assertThat(
            run(
                "SELECT price FROM t",
                true,
                price("12345678901234567.89"),
                price("0.1"),
                price("1e5")))
        .containsExactly(
            "k {\"price\":12345678901234567.89}", "k {\"price\":0.10}", "k {\"price\":100000.00}");
    assertThat(run("SELECT o FROM t", true, "{\"o\":{\"x\":[1.0,0.10]}}"))
        .containsExactly("k {\"o\":{\"x\":[1.0,0.10]}}");
  }

  @Test
  void whatIsNoDecimalThoughTheSchemaSaysSoIsARowWithoutResult() {
    String[] values = {price("true"), price("{}"), price("\"?\""), price("1e999999999")};
    assertThat(run("SELECT price FROM t", true, values)).isEmpty();
    assertThat(tally.failed()).isEqualTo(values.length);
  }

  @Test
  void aNumberBeyondADoubleIsARowWithoutResult() {
    String typed =
        "{\"schema\":{\"type\":\"struct\",\"fields\":[{\"type\":\"double\",\"field\":\"x\"}]},"
            + "\"payload\":{\"x\":-1e400}}";
    assertThat(run("SELECT * FROM t", true, "{\"x\":1e400}", typed)).isEmpty();
    assertThat(run("SELECT x FROM t", true, "{\"x\":1e400}", typed)).isEmpty();
    assertThat(tally.failed()).isEqualTo(4);
  }

  @Test
  void anAggregateThatCannotCompareLeavesTheRowOut() {
    String day =
        "{\"schema\":{\"type\":\"struct\",\"fields\":[{\"type\":\"int32\",\"field\":\"u\"},"
            + "{\"type\":\"int32\",\"name\":\"org.apache.kafka.connect.data.Date\",\"field\":\"x\"}]},"
            + "\"payload\":{\"u\":1,\"x\":3}}";
    String sql = "SELECT u, MAX(x) AS x FROM t GROUP BY u";
    assertThat(run(sql, true, day, "{\"u\":1,\"x\":\"no day\"}", "{\"u\":1,\"x\":\"1970-01-02\"}"))
        .last()
        .isEqualTo("{\"u\":1} {\"u\":1,\"x\":3}");
    assertThat(tally.failed()).isEqualTo(1);
  }

  @Test
  void aTypoInAColumnOfARecordWithSchemaIsAnError() {
    String envelope =
        "{\"schema\":{\"type\":\"struct\",\"fields\":[{\"type\":\"int32\",\"field\":\"id\"}]},"
            + "\"payload\":{\"id\":1}}";
    assertThat(run("SELECT ID AS x FROM t", false, envelope)).containsExactly("k {\"x\":1}");
    assertThatThrownBy(() -> run("SELECT ids FROM t", false, envelope))
        .hasStackTraceContaining("the row has no column 'ids'; it has [id]");
  }
}

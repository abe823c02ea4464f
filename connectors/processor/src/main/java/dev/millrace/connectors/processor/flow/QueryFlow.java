package dev.millrace.connectors.processor.flow;

import dev.millrace.connectors.processor.row.RowWriter;
import dev.millrace.connectors.processor.sql.EvaluationException;
import dev.millrace.connectors.processor.sql.SqlQuery;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Builds the topology of a query. Records travel as bytes, so that no record can stop Streams' own
 * reading. The names of the nodes, the store and the repartition topic are fixed: state survives a
 * new version of this code.
 */
public final class QueryFlow {
  /** The store that holds the groups. */
  public static final String STORE = "groups";

  private QueryFlow() {}

  /** The topology of a query. */
  public static Topology build(SqlQuery query, FlowSettings settings) {
    StreamsBuilder builder = new StreamsBuilder();
    KStream<byte[], byte[]> input =
        builder.stream(
            settings.inputTopic(),
            Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()).withName("input"));
    KStream<byte[], byte[]> output =
        switch (query.output()) {
          case SqlQuery.Projection projection ->
              input.process(
                  () -> new ProjectionProcessor(query, projection, settings), Named.as("project"));
          case SqlQuery.Grouping grouping -> grouped(input, query, grouping, settings);
        };
    output.to(
        settings.outputTopic(),
        Produced.with(Serdes.ByteArray(), Serdes.ByteArray()).withName("output"));
    return builder.build();
  }

  private static KStream<byte[], byte[]> grouped(
      KStream<byte[], byte[]> input,
      SqlQuery query,
      SqlQuery.Grouping grouping,
      FlowSettings settings) {
    Groups groups = new Groups(grouping);
    return input
        .process(() -> new GroupingProcessor(query, groups, settings), Named.as("group"))
        .groupByKey(Grouped.with("rows", Serdes.Bytes(), Serdes.ByteArray()))
        .aggregate(
            () -> Tuples.write(groups.empty()),
            (key, tuple, group) -> add(groups, tuple, group, settings),
            Named.as("aggregate"),
            Materialized.<Bytes, byte[], KeyValueStore<Bytes, byte[]>>as(STORE)
                .withKeySerde(Serdes.Bytes())
                .withValueSerde(Serdes.ByteArray()))
        .toStream(Named.as("changes"))
        .process(() -> new ResultProcessor(groups, settings), Named.as("result"));
  }

  private static byte[] add(Groups groups, byte[] tuple, byte[] group, FlowSettings settings) {
    Tuples.Group before = Tuples.readGroup(group);
    try {
      return Tuples.write(groups.add(before, Tuples.read(tuple)));
    } catch (EvaluationException | IllegalArgumentException | ArithmeticException e) {
      String name = RowWriter.text(groups.keyNames(), Tuples.read(tuple));
      if (!settings.skipFailedRows()) {
        throw new RowFailureException(
            "The query has no result for the group %s: %s. Mend the query, or set %s=skip"
                .formatted(name, e.getMessage(), FlowSettings.ON_ROW_ERROR),
            e);
      }
      settings.tally().failed("group " + name, e.getMessage());
      return group;
    }
  }

  /** The row of a group's state as JSON text, or an empty text while HAVING does not hold. */
  public static String rowText(SqlQuery.Grouping grouping, byte[] state) {
    Groups groups = new Groups(grouping);
    Tuples.Group group = Tuples.readGroup(state);
    return groups.holds(group) ? RowWriter.text(groups.names(), groups.row(group)) : "";
  }
}

package dev.millrace.connectors.processor.flow;

import dev.millrace.connectors.processor.row.InputRow;
import dev.millrace.connectors.processor.row.Value;
import dev.millrace.connectors.processor.sql.SqlQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/** Sends what the aggregates take from a row to the row's group. Owned by one Streams task. */
final class GroupingProcessor implements Processor<byte[], byte[], Bytes, byte[]> {
  private final SqlQuery query;
  private final Groups groups;
  private final FlowSettings settings;
  private ProcessorContext<Bytes, byte[]> context;
  private RowGate gate;

  GroupingProcessor(SqlQuery query, Groups groups, FlowSettings settings) {
    this.query = query;
    this.groups = groups;
    this.settings = settings;
  }

  @Override
  public void init(ProcessorContext<Bytes, byte[]> context) {
    this.context = context;
    this.gate = new RowGate(context, settings);
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    gate.pass(record.value(), this::route)
        .ifPresent(
            routed ->
                context.forward(
                    new Record<>(
                        routed.key, routed.value, record.timestamp(), new RecordHeaders())));
  }

  private Optional<KeyValue<Bytes, byte[]>> route(InputRow row) {
    if (!query.accepts(row)) {
      return Optional.empty();
    }
    List<Value> keys = groups.keys(row);
    List<Value> tuple = new ArrayList<>(keys);
    tuple.addAll(groups.arguments(row));
    return Optional.of(KeyValue.pair(Bytes.wrap(Tuples.key(keys)), Tuples.write(tuple)));
  }
}

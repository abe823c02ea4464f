package dev.millrace.connectors.processor.flow;

import dev.millrace.connectors.processor.row.InputRow;
import dev.millrace.connectors.processor.row.RowWriter;
import dev.millrace.connectors.processor.row.Value;
import dev.millrace.connectors.processor.sql.SqlQuery;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/** One output row for each row that passes WHERE; the key is kept. Owned by one Streams task. */
final class ProjectionProcessor implements Processor<byte[], byte[], byte[], byte[]> {
  private final SqlQuery query;
  private final SqlQuery.Projection projection;
  private final FlowSettings settings;
  private final RowWriter writer;
  private ProcessorContext<byte[], byte[]> context;
  private RowGate gate;

  ProjectionProcessor(SqlQuery query, SqlQuery.Projection projection, FlowSettings settings) {
    this.query = query;
    this.projection = projection;
    this.settings = settings;
    this.writer = new RowWriter(settings.outputSchemas());
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> context) {
    this.context = context;
    this.gate = new RowGate(context, settings);
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    gate.pass(record.value(), this::project)
        .ifPresent(value -> context.forward(record.withValue(value)));
  }

  private Optional<byte[]> project(InputRow row) {
    if (!query.accepts(row)) {
      return Optional.empty();
    }
    Map<String, Value> columns = new LinkedHashMap<>();
    for (SqlQuery.Item item : projection.items()) {
      switch (item) {
        case SqlQuery.AllColumns all -> row.names().forEach(name -> put(columns, name, row));
        case SqlQuery.Column column -> columns.put(column.name(), column.expr().eval(row));
      }
    }
    List<Value> values = new ArrayList<>(columns.values());
    return Optional.of(writer.write(List.copyOf(columns.keySet()), values));
  }

  private static void put(Map<String, Value> columns, String name, InputRow row) {
    columns.put(name, row.column(name));
  }
}

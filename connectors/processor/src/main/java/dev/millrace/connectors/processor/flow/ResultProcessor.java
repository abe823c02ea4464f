package dev.millrace.connectors.processor.flow;

import dev.millrace.connectors.processor.row.RowWriter;
import java.util.Optional;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Writes a group's row; a tombstone when the group was once in the result and HAVING holds no more;
 * nothing when it never was. Owned by one Streams task.
 */
final class ResultProcessor implements Processor<Bytes, byte[], byte[], byte[]> {
  private final Groups groups;
  private final FlowSettings settings;
  private final RowWriter writer;
  private ProcessorContext<byte[], byte[]> context;
  private RowGate gate;

  ResultProcessor(Groups groups, FlowSettings settings) {
    this.groups = groups;
    this.settings = settings;
    this.writer = new RowWriter(settings.outputSchemas());
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> context) {
    this.context = context;
    this.gate = new RowGate(context, settings);
  }

  @Override
  public void process(Record<Bytes, byte[]> record) {
    Tuples.Group group = Tuples.readGroup(record.value());
    if (group.shown()) {
      gate.guarded(() -> result(record, group)).ifPresent(context::forward);
    }
  }

  private Optional<Record<byte[], byte[]>> result(Record<Bytes, byte[]> from, Tuples.Group group) {
    byte[] key = writer.write(groups.keyNames(), group.keys());
    byte[] value = groups.holds(group) ? writer.write(groups.names(), groups.row(group)) : null;
    return Optional.of(new Record<>(key, value, from.timestamp(), new RecordHeaders()));
  }
}

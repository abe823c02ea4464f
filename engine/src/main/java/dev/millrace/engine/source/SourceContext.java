package dev.millrace.engine.source;

import dev.millrace.engine.Signals;
import dev.millrace.engine.StoredOffsets;
import java.util.Map;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.apache.kafka.connect.source.TransactionContext;
import org.apache.kafka.connect.storage.OffsetStorageReader;

/** What a source task may ask of its runtime. Thread-safe. */
final class SourceContext implements SourceTaskContext {
  private final SourceSetup setup;
  private final OffsetStorageReader offsets;
  private final TransactionContext transactions;

  SourceContext(SourceSetup setup, Signals signals, TransactionContext transactions) {
    this.setup = setup;
    this.offsets =
        new StoredOffsets(
            setup.name().connector(), setup.output().offsets(), setup.environment(), signals);
    this.transactions = transactions;
  }

  @Override
  public Map<String, String> configs() {
    return setup.plugin().config();
  }

  @Override
  public OffsetStorageReader offsetStorageReader() {
    return offsets;
  }

  @Override
  public TransactionContext transactionContext() {
    return transactions;
  }

  @Override
  public PluginMetrics pluginMetrics() {
    return setup.environment().pluginMetrics().get();
  }
}

package dev.millrace.connectors.processor;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.source.ConnectorTransactionBoundaries;
import org.apache.kafka.connect.source.ExactlyOnceSupport;
import org.apache.kafka.connect.source.SourceConnector;

/**
 * A SQL query over one topic as a source connector. Its tasks are Kafka Streams instances of one
 * application: they read and write Kafka themselves, exactly once, and hand no records to the
 * runtime. Called by the runtime's connector thread only.
 */
public final class SqlProcessorConnector extends SourceConnector {
  private Map<String, String> settings = Map.of();

  /** Made by the runtime. */
  public SqlProcessorConnector() {}

  @Override
  public void start(Map<String, String> props) {
    new ProcessorConfig(props);
    settings = Map.copyOf(props);
  }

  @Override
  public Config validate(Map<String, String> given) {
    Config checked = super.validate(given);
    if (ProcessorConfig.readsItsOwnResults(given)) {
      checked.configValues().stream()
          .filter(value -> value.name().equals(ProcessorConfig.TOPIC))
          .forEach(value -> value.addErrorMessage(ProcessorConfig.OWN_RESULTS));
    }
    return checked;
  }

  @Override
  public Class<? extends Task> taskClass() {
    return SqlProcessorTask.class;
  }

  /** One configuration for each allowed task, told apart by {@code task.id}, from 0. */
  @Override
  public List<Map<String, String>> taskConfigs(int maxTasks) {
    List<Map<String, String>> tasks = new ArrayList<>();
    for (int task = 0; task < maxTasks; task++) {
      Map<String, String> config = new HashMap<>(settings);
      config.put(ProcessorConfig.TASK_ID, Integer.toString(task));
      tasks.add(config);
    }
    return tasks;
  }

  @Override
  public void stop() {
    settings = Map.of();
  }

  @Override
  public ConfigDef config() {
    return ProcessorConfig.DEFINITION;
  }

  /** Supported: rows, results, state and positions go to Kafka in transactions of Kafka Streams. */
  @Override
  public ExactlyOnceSupport exactlyOnceSupport(Map<String, String> connectorConfig) {
    return ExactlyOnceSupport.SUPPORTED;
  }

  @Override
  public ConnectorTransactionBoundaries canDefineTransactionBoundaries(
      Map<String, String> connectorConfig) {
    return ConnectorTransactionBoundaries.UNSUPPORTED;
  }

  @Override
  public String version() {
    return Version.TEXT;
  }
}

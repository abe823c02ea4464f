package dev.millrace.reference.plugins;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.ConnectorTransactionBoundaries;
import org.apache.kafka.connect.source.ExactlyOnceSupport;
import org.apache.kafka.connect.source.SourceConnector;

/** A source whose answers to validation are chosen by its configuration. Never runs. */
public final class CheckedSource extends SourceConnector {

  @Override
  public ConfigDef config() {
    return Keys.all();
  }

  @Override
  @SuppressWarnings("ReturnsNullCollection")
  public Config validate(Map<String, String> config) {
    var values = new ArrayList<>(super.validate(config).configValues());
    return switch (config.getOrDefault("answer", "")) {
      case "null" -> null;
      case "throw" -> throw new ConnectException("cannot tell");
      case "more" -> {
        var more = new ConfigValue("unheard.of");
        more.addErrorMessage("is not right");
        more.addErrorMessage("is really not right");
        values.add(more);
        yield new Config(values);
      }
      case "fewer" -> {
        values.removeIf(value -> value.name().equals("ratio"));
        yield new Config(values);
      }
      case "framework" -> {
        var own = new ConfigValue("tasks.max");
        own.value(5);
        own.addErrorMessage("too many for me");
        values.add(own);
        yield new Config(values);
      }
      default -> new Config(values);
    };
  }

  @Override
  public ExactlyOnceSupport exactlyOnceSupport(Map<String, String> config) {
    return switch (config.getOrDefault("exactly.once", "")) {
      case "yes" -> ExactlyOnceSupport.SUPPORTED;
      case "no" -> ExactlyOnceSupport.UNSUPPORTED;
      case "throw" -> throw new ConnectException("cannot tell");
      default -> null;
    };
  }

  @Override
  public ConnectorTransactionBoundaries canDefineTransactionBoundaries(Map<String, String> config) {
    return switch (config.getOrDefault("boundaries", "")) {
      case "yes" -> ConnectorTransactionBoundaries.SUPPORTED;
      case "null" -> null;
      case "throw" -> throw new ConnectException("cannot tell");
      default -> ConnectorTransactionBoundaries.UNSUPPORTED;
    };
  }

  @Override
  public void start(Map<String, String> config) {
    throw new UnsupportedOperationException("is only for validation");
  }

  @Override
  public Class<? extends Task> taskClass() {
    throw new UnsupportedOperationException("is only for validation");
  }

  @Override
  public List<Map<String, String>> taskConfigs(int most) {
    return List.of();
  }

  @Override
  public void stop() {
    // never runs
  }

  @Override
  public String version() {
    return ArchiveVersion.text();
  }
}

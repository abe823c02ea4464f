package dev.millrace.cli;

import dev.millrace.plugins.PluginCatalog;
import dev.millrace.plugins.PluginDescriptor;
import dev.millrace.plugins.PluginKind;
import dev.millrace.topology.ConnectorNames;
import dev.millrace.topology.StageKind;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.connect.health.ConnectorType;

/** The connectors' names in topologies, from the installed plugins. Immutable. */
record CatalogNames(PluginCatalog catalog) implements ConnectorNames {
  private static final String PROCESSOR = "ProcessorConnector";
  private static final String OURS = "dev.millrace.";

  @Override
  public Optional<String> className(StageKind kind, String alias) {
    List<String> classes = classNames(kind, alias);
    return classes.size() == 1 ? Optional.of(classes.getFirst()) : Optional.empty();
  }

  /** The built-in one goes first: a plugin that is added changes no topology. */
  @Override
  public List<String> classNames(StageKind kind, String alias) {
    List<String> all = catalog.fitting(type(kind), alias);
    List<String> ours = all.stream().filter(name -> name.startsWith(OURS)).toList();
    return ours.size() == 1 ? ours : all;
  }

  @Override
  public List<String> known(StageKind kind) {
    boolean processors = kind == StageKind.PROCESSOR;
    PluginKind plugins = kind == StageKind.SINK ? PluginKind.SINK : PluginKind.SOURCE;
    return catalog.descriptors(plugins).stream()
        .map(PluginDescriptor::className)
        .filter(name -> name.endsWith(PROCESSOR) == processors)
        .map(CatalogNames::word)
        .distinct()
        .sorted()
        .toList();
  }

  /** {@code JdbcSourceConnector} is {@code jdbc}. */
  private static String word(String className) {
    return className
        .substring(className.lastIndexOf('.') + 1)
        .replaceFirst("Connector$", "")
        .replaceFirst("(Source|Sink)$", "")
        .toLowerCase(Locale.ROOT);
  }

  /** A processor is a source to the runtime: nobody feeds it records. */
  private static ConnectorType type(StageKind kind) {
    return switch (kind) {
      case SOURCE, PROCESSOR -> ConnectorType.SOURCE;
      case SINK -> ConnectorType.SINK;
    };
  }
}

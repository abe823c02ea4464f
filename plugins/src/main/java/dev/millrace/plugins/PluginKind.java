package dev.millrace.plugins;

import org.apache.kafka.common.config.provider.ConfigProvider;
import org.apache.kafka.connect.connector.policy.ConnectorClientConfigOverridePolicy;
import org.apache.kafka.connect.rest.ConnectRestExtension;
import org.apache.kafka.connect.sink.SinkConnector;
import org.apache.kafka.connect.source.SourceConnector;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.HeaderConverter;
import org.apache.kafka.connect.transforms.Transformation;
import org.apache.kafka.connect.transforms.predicates.Predicate;

/** What a plugin is. The order is that of Kafka Connect's listings. */
public enum PluginKind {
  SOURCE(SourceConnector.class, "Connector", "source", true),
  SINK(SinkConnector.class, "Connector", "sink", true),
  CONVERTER(Converter.class, "Converter", "converter", true),
  HEADER_CONVERTER(HeaderConverter.class, "HeaderConverter", "header_converter", true),
  TRANSFORMATION(Transformation.class, "Transformation", "transformation", true),
  PREDICATE(Predicate.class, "Predicate", "predicate", true),
  CONFIG_PROVIDER(ConfigProvider.class, "ConfigProvider", "configprovider", false),
  REST_EXTENSION(ConnectRestExtension.class, "ConnectRestExtension", "rest_extension", false),
  OVERRIDE_POLICY(
      ConnectorClientConfigOverridePolicy.class,
      "ConnectorClientConfigOverridePolicy",
      "connector_client_config_override_policy",
      false);

  private final Class<?> type;
  private final String suffix;
  private final String label;
  private final boolean scanned;

  PluginKind(Class<?> type, String suffix, String label, boolean scanned) {
    this.scanned = scanned;
    this.type = type;
    this.suffix = suffix;
    this.label = label;
  }

  /** The class or interface every plugin of the kind extends; also names its service manifest. */
  public Class<?> type() {
    return type;
  }

  /** Whether classes of the kind are also found without a manifest. */
  boolean scanned() {
    return scanned;
  }

  /** The word that aliases leave out. */
  String suffix() {
    return suffix;
  }

  /** The kind's name in listings, such as {@code source}. */
  @Override
  public String toString() {
    return label;
  }
}

package dev.millrace.worker.offsets;

import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.kafka.connect.connector.Connector;

/**
 * A connector whose offsets are asked for. Making one may run plugin code.
 *
 * @param name the connector
 * @param config resolved: never to be logged or shown
 * @param hidden takes the secrets of the configuration out of a text that others may see
 * @param sink whether its offsets are those of a consumer group
 * @param access its Kafka side
 */
public record OffsetTarget(
    String name,
    Map<String, String> config,
    UnaryOperator<String> hidden,
    boolean sink,
    Access access) {

  /** The Kafka side of a connector. */
  public interface Access {

    /**
     * Settings of the admin client for the cluster the connector works on. Asks the policy whether
     * the connector may override them, which is plugin code and throws when it may not.
     */
    Map<String, Object> admin();

    /** Consumer group of the connector's tasks, if it is a sink. */
    String group();

    /** Offsets of the connector, if it is a source. */
    SourceOffsetStore store();

    /** A new instance, never started; called with the plugin's loader as context loader. */
    Connector plugin();

    /** The plugin's loader. */
    ClassLoader loader();

    /** Shuts out tasks of the connector that were left behind and may still write offsets. */
    void fence();
  }
}

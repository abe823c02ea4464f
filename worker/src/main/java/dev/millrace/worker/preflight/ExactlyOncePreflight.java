package dev.millrace.worker.preflight;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.source.ConnectorTransactionBoundaries;
import org.apache.kafka.connect.source.ExactlyOnceSupport;
import org.apache.kafka.connect.source.SourceConnector;

/**
 * Whether a source connector can give the guarantees its configuration asks for (compat: connector
 * config §3). Asks the plugin, so it belongs on a thread where plugin code may run.
 */
public final class ExactlyOncePreflight {

  static final String SUPPORT = "exactly.once.support";
  static final String BOUNDARY = "transaction.boundary";

  private ExactlyOncePreflight() {}

  /**
   * The errors of {@code exactly.once.support}; none unless it is {@code required}.
   *
   * @param enabled whether the worker writes records and offsets in one transaction
   */
  @SuppressWarnings("CatchingUnchecked") // whatever the plugin throws is an answer
  public static List<String> supportErrors(
      SourceConnector connector, Map<String, String> config, boolean enabled) {
    List<String> errors = new ArrayList<>();
    if (!"required".equalsIgnoreCase(config.get(SUPPORT))) return errors;
    if (!enabled) errors.add("This worker does not have exactly-once source support enabled.");
    try {
      ExactlyOnceSupport answer = connector.exactlyOnceSupport(config);
      if (answer == null) {
        errors.add(
            "The connector does not implement the API by which it could say whether it supports"
                + " exactly-once semantics with this configuration. Please read its documentation,"
                + " and if it does, set \"exactly.once.support\" to \"requested\", which is not"
                + " checked.");
      } else if (answer == ExactlyOnceSupport.UNSUPPORTED) {
        errors.add(
            "The connector does not support exactly-once semantics with the provided"
                + " configuration.");
      }
    } catch (Exception | LinkageError e) {
      errors.add(unexpected(e));
    }
    return errors;
  }

  /**
   * The errors of {@code transaction.boundary}; none unless it is {@code connector}. Whether the
   * worker has exactly-once enabled does not matter.
   */
  @SuppressWarnings("CatchingUnchecked") // whatever the plugin throws is an answer
  public static List<String> boundaryErrors(SourceConnector connector, Map<String, String> config) {
    if (!"connector".equalsIgnoreCase(config.get(BOUNDARY))) return List.of();
    try {
      ConnectorTransactionBoundaries answer = connector.canDefineTransactionBoundaries(config);
      if (answer == null) {
        return List.of(
            "The connector returned null from its canDefineTransactionBoundaries method, and null"
                + " is not permitted.");
      }
      return answer == ConnectorTransactionBoundaries.SUPPORTED
          ? List.of()
          : List.of(
              "The connector does not support connector-defined transaction boundaries with the"
                  + " given configuration. Please reconfigure it to use a different transaction"
                  + " boundary definition.");
    } catch (Exception | LinkageError e) {
      return List.of(unexpected(e));
    }
  }

  private static String unexpected(Throwable error) {
    return "An unexpected error occurred during validation: " + error.getMessage();
  }
}

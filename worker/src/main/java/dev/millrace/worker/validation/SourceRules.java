package dev.millrace.worker.validation;

import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.connect.source.ConnectorTransactionBoundaries;
import org.apache.kafka.connect.source.ExactlyOnceSupport;
import org.apache.kafka.connect.source.SourceConnector;

/** What a source says of exactly-once (compat: connector config §3). Stateless. */
final class SourceRules {

  private SourceRules() {}

  static void check(
      Map<String, String> config, SourceConnector connector, WorkerView worker, Values values) {
    if (asks(values, FrameworkKeys.EXACTLY_ONCE, "required")) {
      if (!worker.exactlyOnceSources()) {
        error(
            values,
            FrameworkKeys.EXACTLY_ONCE,
            "This worker does not have exactly-once source support enabled.");
      }
      String problem = guarded(() -> support(connector.exactlyOnceSupport(config)));
      if (!problem.isEmpty()) error(values, FrameworkKeys.EXACTLY_ONCE, problem);
    }
    if (asks(values, FrameworkKeys.BOUNDARY, "connector")) {
      String problem = guarded(() -> boundaries(connector.canDefineTransactionBoundaries(config)));
      if (!problem.isEmpty()) error(values, FrameworkKeys.BOUNDARY, problem);
    }
  }

  private static boolean asks(Values values, String key, String wanted) {
    return !values.isWrong(key)
        && values.get(key).value() instanceof String given
        && given.equalsIgnoreCase(wanted);
  }

  private static void error(Values values, String key, String message) {
    values.error(key, values.get(key).value(), message);
  }

  private static String guarded(Supplier<String> question) {
    try {
      return question.get();
    } catch (RuntimeException e) {
      return "An unexpected error occurred during validation: " + e.getMessage();
    }
  }

  private static String support(ExactlyOnceSupport answer) {
    if (answer == null) {
      return "The connector does not implement the API required for preflight validation of"
          + " exactly-once source support. Please consult the documentation for the connector to"
          + " determine whether it supports exactly-once semantics, and then consider reconfiguring"
          + " the connector to use the value \"requested\" for this property (which will disable"
          + " this preflight check and allow the connector to be created).";
    }
    return switch (answer) {
      case SUPPORTED -> "";
      case UNSUPPORTED ->
          "The connector does not support exactly-once semantics with the provided configuration.";
    };
  }

  private static String boundaries(ConnectorTransactionBoundaries answer) {
    if (answer == null) {
      return "This connector has returned a null value from its canDefineTransactionBoundaries"
          + " method, which is not permitted. The connector will be treated as if it cannot define"
          + " its own transaction boundaries, and cannot be configured with 'transaction.boundary'"
          + " set to 'connector'.";
    }
    return switch (answer) {
      case SUPPORTED -> "";
      case UNSUPPORTED ->
          "The connector does not support connector-defined transaction boundaries with the given"
              + " configuration. Please reconfigure it to use a different transaction boundary"
              + " definition.";
    };
  }
}

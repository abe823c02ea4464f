package dev.millrace.worker.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.ConnectorTransactionBoundaries;
import org.apache.kafka.connect.source.ExactlyOnceSupport;
import org.apache.kafka.connect.source.SourceConnector;
import org.apache.kafka.connect.source.SourceTask;
import org.junit.jupiter.api.Test;

/** The answers of connectors and what becomes of them. */
class ExactlyOncePreflightTest {

  private static final Map<String, String> REQUIRED = Map.of("exactly.once.support", "Required");
  private static final Map<String, String> OWN = Map.of("transaction.boundary", "CONNECTOR");

  @Test
  void onlyWhatIsRequiredIsChecked() {
    var unsupported = new Answering(() -> ExactlyOnceSupport.UNSUPPORTED, () -> null);
    assertThat(ExactlyOncePreflight.supportErrors(unsupported, Map.of(), false)).isEmpty();
    var requested = Map.of("exactly.once.support", "requested");
    assertThat(ExactlyOncePreflight.supportErrors(unsupported, requested, true)).isEmpty();
    assertThat(ExactlyOncePreflight.boundaryErrors(unsupported, Map.of())).isEmpty();
    assertThat(
            ExactlyOncePreflight.boundaryErrors(
                unsupported, Map.of("transaction.boundary", "poll")))
        .isEmpty();
  }

  @Test
  void requiredSupportNeedsTheWorkerAndTheConnector() {
    assertThat(support(() -> ExactlyOnceSupport.SUPPORTED, true)).isEmpty();
    assertThat(support(() -> ExactlyOnceSupport.SUPPORTED, false))
        .containsExactly("This worker does not have exactly-once source support enabled.");
    assertThat(support(() -> ExactlyOnceSupport.UNSUPPORTED, false))
        .containsExactly(
            "This worker does not have exactly-once source support enabled.",
            "The connector does not support exactly-once semantics with the provided"
                + " configuration.");
    assertThat(support(() -> null, true))
        .singleElement()
        .asString()
        .contains("does not implement the API")
        .contains("\"requested\"");
    assertThat(
            support(
                () -> {
                  throw toldToFail();
                },
                true))
        .containsExactly("An unexpected error occurred during validation: told to fail");
  }

  private static List<String> support(Supplier<ExactlyOnceSupport> answer, boolean enabled) {
    return ExactlyOncePreflight.supportErrors(new Answering(answer, () -> null), REQUIRED, enabled);
  }

  @Test
  void ownTransactionsNeedTheConnector() {
    assertThat(boundary(() -> ConnectorTransactionBoundaries.SUPPORTED)).isEmpty();
    assertThat(boundary(() -> ConnectorTransactionBoundaries.UNSUPPORTED))
        .containsExactly(
            "The connector does not support connector-defined transaction boundaries with the given"
                + " configuration. Please reconfigure it to use a different transaction boundary"
                + " definition.");
    assertThat(boundary(() -> null)).singleElement().asString().contains("null is not permitted");
    assertThat(
            boundary(
                () -> {
                  throw toldToFail();
                }))
        .containsExactly("An unexpected error occurred during validation: told to fail");
  }

  private static List<String> boundary(Supplier<ConnectorTransactionBoundaries> answer) {
    return ExactlyOncePreflight.boundaryErrors(new Answering(() -> null, answer), OWN);
  }

  private static ConnectException toldToFail() {
    return new ConnectException("told to fail");
  }

  /** A connector that answers as it is told. */
  private static final class Answering extends SourceConnector {
    private final Supplier<ExactlyOnceSupport> support;
    private final Supplier<ConnectorTransactionBoundaries> boundaries;

    Answering(
        Supplier<ExactlyOnceSupport> support, Supplier<ConnectorTransactionBoundaries> boundaries) {
      this.support = support;
      this.boundaries = boundaries;
    }

    @Override
    public ExactlyOnceSupport exactlyOnceSupport(Map<String, String> config) {
      return support.get();
    }

    @Override
    public ConnectorTransactionBoundaries canDefineTransactionBoundaries(
        Map<String, String> config) {
      return boundaries.get();
    }

    @Override
    public void start(Map<String, String> props) {}

    @Override
    public Class<? extends Task> taskClass() {
      return SourceTask.class;
    }

    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
      return List.of();
    }

    @Override
    public void stop() {}

    @Override
    public ConfigDef config() {
      return new ConfigDef();
    }

    @Override
    public String version() {
      return "1";
    }
  }
}

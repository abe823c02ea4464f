package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.topology.StageChecker.Finding;
import dev.millrace.topology.StageKind;
import dev.millrace.worker.validation.Validation;
import dev.millrace.worker.validation.ValidationException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.ConfigValue;
import org.junit.jupiter.api.Test;

final class PluginStageCheckerTest {

  @Test
  void placesEachProblemOfTheSql() {
    var message =
        "Invalid value x for configuration sql: line 2, column 7: no JOIN\n"
            + "line 3, column 1: no LIMIT";
    assertThat(findings(problem("sql", message), Map.of("sql", "SELECT 1")))
        .containsExactly(Finding.at("sql", 2, 7, "no JOIN"), Finding.at("sql", 3, 1, "no LIMIT"));
  }

  @Test
  void saysNothingOfValuesItHasNotSeen() {
    var problem = problem("port", "not a number");
    assertThat(findings(problem, Map.of("port", "${env:MISSING}"))).isEmpty();
    assertThat(findings(problem, Map.of("port", "${vault:a:b}"))).isEmpty();
    assertThat(findings(problem, Map.of("port", "${env:SET}"))).hasSize(1);
    assertThat(findings(problem, Map.of("port", "${worker:data.dir}/x"))).hasSize(1);
    assertThat(findings(problem, Map.of())).containsExactly(Finding.of("port", "not a number"));
  }

  @Test
  void namesUnknownKeysOfOurConnectors() {
    var config = Map.of("connector.class", "dev.millrace.X", "tabel", "a", "quite.other", "b");
    assertThat(findings(nothing("table", "connector.class"), config))
        .extracting(Finding::key, Finding::hint)
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple("tabel", "did you mean \"table\"?"),
            org.assertj.core.groups.Tuple.tuple("quite.other", ""));
  }

  @Test
  void leavesTheKeysThatOthersPassOnAlone() {
    var config =
        Map.of(
            "connector.class", "org.example.X",
            "driver.timeout", "1",
            "transforms.a.type", "T",
            "topic.creation.default.partitions", "1",
            "producer.override.linger.ms", "5",
            "tabel", "a");
    assertThat(findings(nothing("table", "connector.class"), config))
        .extracting(Finding::key)
        .containsExactly("tabel");
  }

  @Test
  void aConnectorThatCannotBeAskedIsAFinding() {
    var checker =
        new PluginStageChecker(
            config -> {
              throw new ValidationException(ValidationException.Kind.FAILED, "it hangs", null);
            },
            Map.of());
    assertThat(checker.check("s", StageKind.SOURCE, Map.of()))
        .containsExactly(Finding.of("connector.class", "it hangs"));
  }

  private static List<Finding> findings(Validation validation, Map<String, String> config) {
    return new PluginStageChecker(c -> validation, Map.of("SET", "1"))
        .check("s", StageKind.SOURCE, config);
  }

  private static Validation problem(String key, String message) {
    var value = new ConfigValue(key, null, List.of(), List.of(message));
    return new Validation(
        1,
        List.of(),
        List.of(new Validation.Undefined(key, value)),
        Set.of("port", "sql", "connector.class"));
  }

  private static Validation nothing(String... known) {
    return new Validation(0, List.of(), List.of(), Set.of(known));
  }
}

package dev.millrace.cli;

import dev.millrace.topology.StageChecker;
import dev.millrace.topology.StageKind;
import dev.millrace.worker.validation.Validation;
import dev.millrace.worker.validation.ValidationException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Asks a stage's connector what it thinks of its configuration. What it says of a key whose value
 * has an unfilled placeholder is dropped: it has not seen the value.
 *
 * @param validator checks one configuration
 * @param environment the variables that placeholders take their values from
 */
record PluginStageChecker(
    Function<Map<String, String>, Validation> validator, Map<String, String> environment)
    implements StageChecker {
  private static final Pattern PLACED = Pattern.compile("line (\\d{1,6}), column (\\d{1,6}): (.*)");
  private static final Pattern ANY_PREFIX =
      Pattern.compile(
          "(transforms|predicates|topic\\.creation|(producer|consumer|admin)\\.override"
              + "|(key|value|header)\\.converter|errors|table|streams|offsets\\.storage)\\..*");

  /** What Kafka Connect's own configurations hold and no connector declares. */
  private static final Set<String> HARMLESS = Set.of("type", "name", "transforms", "predicates");

  private static final String OURS = "dev.millrace.";

  @Override
  public List<Finding> check(String stage, StageKind kind, Map<String, String> config) {
    try {
      Validation validation = validator.apply(config);
      List<Finding> findings = new ArrayList<>();
      validation.problems().stream()
          .filter(problem -> isJudged(config, problem.key()))
          .forEach(problem -> findings.addAll(findings(problem)));
      unknown(config, validation.knownKeys(), findings);
      return findings;
    } catch (ValidationException e) {
      return List.of(Finding.of("connector.class", e.getMessage()));
    }
  }

  private boolean isJudged(Map<String, String> config, String key) {
    return !EnvironmentVariables.staysOpen(config.getOrDefault(key, ""), environment);
  }

  /** A SQL stage's problems come in one message, a line each, with their places. */
  private static List<Finding> findings(Validation.Problem problem) {
    if (!problem.key().equals("sql")) {
      return List.of(Finding.of(problem.key(), problem.message()));
    }
    List<Finding> findings = new ArrayList<>();
    for (String line : problem.message().split("\n", -1)) {
      Matcher placed = PLACED.matcher(line);
      findings.add(
          placed.find()
              ? Finding.at(
                  "sql",
                  Integer.parseInt(placed.group(1)),
                  Integer.parseInt(placed.group(2)),
                  placed.group(3))
              : Finding.of("sql", line));
    }
    return findings;
  }

  /**
   * Keys that nobody declares. Many connectors pass undeclared keys on to a driver: those of others
   * are named only when they look like a misspelt one.
   */
  private static void unknown(
      Map<String, String> config, Set<String> known, List<Finding> findings) {
    boolean ours = config.getOrDefault("connector.class", "").startsWith(OURS);
    for (String key : config.keySet()) {
      if (known.contains(key) || HARMLESS.contains(key) || ANY_PREFIX.matcher(key).matches()) {
        continue;
      }
      Finding finding = Finding.unknown(key, known);
      if (ours || !finding.hint().isEmpty()) {
        findings.add(finding);
      }
    }
  }
}

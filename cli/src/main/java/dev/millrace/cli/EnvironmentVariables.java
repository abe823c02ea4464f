package dev.millrace.cli;

import dev.millrace.topology.Parsed;
import dev.millrace.topology.Problem;
import dev.millrace.topology.Stage;
import dev.millrace.topology.Topology;
import dev.millrace.topology.yaml.Position;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the placeholders {@code ${env:NAME}} whose variable is not set. Stateless. */
final class EnvironmentVariables {
  private static final Pattern PLACEHOLDER =
      Pattern.compile("\\$\\{([^}]*?):(?:[^}]*?:)?([^}]*?)}");

  private EnvironmentVariables() {}

  /** A problem for each key that needs a variable that is not set, at its value. */
  static List<Problem> missing(Parsed parsed, Map<String, String> environment) {
    List<Problem> problems = new ArrayList<>();
    parsed.topology().ifPresent(t -> missing(parsed.file(), t, environment, problems));
    return problems;
  }

  private static void missing(
      String file, Topology topology, Map<String, String> environment, List<Problem> problems) {
    Set<Position> reported = new LinkedHashSet<>(); // a default stands once for many stages
    for (Stage stage : topology.stages()) {
      stage
          .config()
          .forEach(
              (key, value) -> {
                Position at = stage.places().value(key).orElse(stage.places().stage());
                for (String variable : variables(value)) {
                  if (!environment.containsKey(variable) && reported.add(at)) {
                    problems.add(problem(file, at, variable, key));
                  }
                }
              });
    }
  }

  private static Problem problem(String file, Position at, String variable, String key) {
    return Problem.at(
        file,
        at,
        "the environment variable \"%s\", which \"%s\" takes its value from, is not set"
            .formatted(variable, key),
        "export %s=…".formatted(variable));
  }

  /** The variables a value names. */
  static Set<String> variables(String value) {
    Set<String> names = new LinkedHashSet<>();
    Matcher placeholder = PLACEHOLDER.matcher(value);
    while (placeholder.find()) {
      if (placeholder.group(1).equals(Providers.ENV)) {
        names.add(placeholder.group(2));
      }
    }
    return names;
  }

  /**
   * Whether a value holds a placeholder that will not be filled in here: of a variable that is not
   * set, or of a provider that only the worker has.
   */
  static boolean staysOpen(String value, Map<String, String> environment) {
    Matcher placeholder = PLACEHOLDER.matcher(value);
    while (placeholder.find()) {
      boolean known =
          placeholder.group(1).equals("worker")
              || (placeholder.group(1).equals(Providers.ENV)
                  && environment.containsKey(placeholder.group(2)));
      if (!known) {
        return true;
      }
    }
    return false;
  }
}

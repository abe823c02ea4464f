package dev.millrace.topology;

import dev.millrace.model.Nearest;
import dev.millrace.topology.StageChecker.Finding;
import dev.millrace.topology.yaml.Position;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Checks topology files: each by itself, together, and with their connectors. Reports all problems
 * at once. Stateless.
 *
 * <p>How a typo is told from a topic outside the file: a bare name in {@code from} or SQL's FROM
 * has to be a stage of the file, a topic some stage of the linted files writes, or a topic declared
 * in the file's {@code topics} list; {@code topic:NAME} in {@code from} needs no declaration.
 * Anything else is a problem, with the nearest name there is or with how to declare it.
 */
public final class Lint {
  private final List<Parsed> files;
  private final ConnectorNames names;
  private final StageChecker checker;
  private final Map<String, Problems> byFile = new LinkedHashMap<>();

  private Lint(List<Parsed> files, ConnectorNames names, StageChecker checker) {
    this.files = files;
    this.names = names;
    this.checker = checker;
  }

  /**
   * All problems of some files that will run together, in their order and by position; empty if
   * they can be compiled and run.
   */
  public static List<Problem> lint(List<Parsed> files, ConnectorNames names, StageChecker checker) {
    return new Lint(List.copyOf(files), names, checker).run();
  }

  private List<Problem> run() {
    for (Parsed parsed : files) {
      Problems problems = problems(parsed);
      parsed.problems().forEach(problems::add);
    }
    Writers writers = Writers.of(files, this::problems);
    for (Parsed parsed : files) {
      parsed.topology().ifPresent(topology -> file(topology, writers, problems(parsed)));
    }
    List<Problem> all = new ArrayList<>();
    byFile.values().forEach(problems -> all.addAll(problems.sorted()));
    return List.copyOf(all);
  }

  private Problems problems(Parsed parsed) {
    return byFile.computeIfAbsent(parsed.file(), Problems::new);
  }

  private void file(Topology topology, Writers writers, Problems problems) {
    new GraphCheck(topology, writers, problems).check();
    Map<String, Map<String, String>> compiled = Compiler.compile(topology, names);
    for (Stage stage : topology.stages()) {
      Map<String, String> config = compiled.get(topology.connectorName(stage));
      reserved(stage, config, problems);
      if (connector(stage, problems)) {
        List<Finding> findings = checker.check(stage.name(), stage.kind(), config);
        findings.forEach(finding -> finding(stage, finding, problems));
        if (findings.isEmpty()) {
          readsSomething(stage, problems);
        }
      }
    }
  }

  private static void readsSomething(Stage stage, Problems problems) {
    boolean sql = stage.kind() == StageKind.PROCESSOR && stage.config().containsKey("sql");
    if (sql && stage.inputs().isEmpty()) {
      problems.add(
          stage.places().key("sql").orElse(stage.places().stage()),
          "the SQL of \"%s\" reads from nothing".formatted(stage.name()),
          "name a stage or topic after FROM");
    }
  }

  private boolean connector(Stage stage, Problems problems) {
    String name = stage.connector().name();
    if (name.isEmpty()) {
      return false;
    }
    boolean known = name.indexOf('.') >= 0 || names.className(stage.kind(), name).isPresent();
    if (!known) {
      Position place = stage.places().value("connector").orElse(stage.places().stage());
      String kind = stage.kind().word();
      List<String> fitting = names.classNames(stage.kind(), name);
      if (fitting.isEmpty()) {
        String message = "unknown %s connector \"%s\"".formatted(kind, name);
        problems.add(place, message, nearest(name, names.known(stage.kind())));
      } else {
        String message = "\"%s\" fits several %s connectors".formatted(name, kind);
        problems.add(place, message, "write the full class: " + String.join(" or ", fitting));
      }
    }
    return known;
  }

  private static String nearest(String name, List<String> candidates) {
    String nearest = Nearest.hint(name, candidates);
    return nearest.isEmpty() ? known(candidates) : nearest;
  }

  private static String known(List<String> candidates) {
    return candidates.isEmpty()
        ? "write the class of an installed plugin"
        : "there are %s; or write the class of an installed plugin"
            .formatted(String.join(", ", candidates));
  }

  private static void reserved(Stage stage, Map<String, String> compiled, Problems problems) {
    stage
        .config()
        .forEach(
            (key, value) -> {
              if (isReserved(stage, key) && !isSame(key, value, compiled.get(key))) {
                problems.add(
                    stage.places().key(key).orElse(stage.places().stage()),
                    "\"%s\" is set by Millrace".formatted(key),
                    instead(key));
              }
            });
  }

  private static boolean isReserved(Stage stage, String key) {
    boolean topics =
        key.equals("topics") && stage.kind() == StageKind.SINK && !stage.inputs().isEmpty();
    boolean unset = key.equals("connector.class") && stage.connector().name().isEmpty();
    return topics || (Compiler.RESERVED.contains(key) && !unset);
  }

  private static boolean isSame(String key, String given, String compiled) {
    if (compiled == null) {
      return false;
    }
    return key.equals("topics") ? topics(given).equals(topics(compiled)) : given.equals(compiled);
  }

  private static Set<String> topics(String list) {
    Set<String> topics = new HashSet<>();
    for (String topic : list.split(",", -1)) {
      topics.add(topic.strip());
    }
    return topics;
  }

  private static String instead(String key) {
    return switch (key) {
      case "tasks.max" -> "remove it and use parallelism";
      case "connector.class" -> "remove it and use connector";
      case "connector.plugin.version" -> "remove it and use connector: NAME@VERSION";
      case "topics" -> "remove it and use from";
      default -> "remove it; it follows from the names of topology and stage";
    };
  }

  private static void finding(Stage stage, Finding finding, Problems problems) {
    Places places = stage.places();
    Optional<Position> key = places.key(finding.key());
    boolean forGraph =
        stage.kind() == StageKind.SOURCE && Set.of("topic", "topics").contains(finding.key());
    if (finding.unknownKey() && (key.isEmpty() || forGraph)) {
      return;
    }
    Optional<Position> inside =
        finding.line() > 0
            ? places.inside(finding.key(), finding.line(), finding.column())
            : Optional.empty();
    problems.add(inside.or(() -> key).orElse(places.stage()), finding.message(), finding.hint());
  }
}

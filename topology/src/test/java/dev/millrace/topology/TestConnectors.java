package dev.millrace.topology;

import dev.millrace.topology.StageChecker.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Connectors for tests: {@code jdbc}, {@code files}, two that are called {@code twin}, and a
 * checker that knows jdbc and ORDER BY.
 */
final class TestConnectors implements ConnectorNames, StageChecker {
  static final TestConnectors INSTANCE = new TestConnectors();

  private static final Set<String> MILLRACE =
      Set.of("name", "connector.class", "tasks.max", "topology.name", "topology.stage");
  private static final List<String> JDBC =
      List.of("url", "username", "password", "table", "mode", "incrementing.column.name", "query");

  @Override
  public Optional<String> className(StageKind kind, String alias) {
    String side = kind == StageKind.SINK ? "Sink" : "Source";
    return switch (alias) {
      case "jdbc" -> Optional.of("dev.millrace.connectors.jdbc.Jdbc" + side + "Connector");
      case "files" -> Optional.of("example.Files" + side);
      default -> Optional.empty();
    };
  }

  @Override
  public List<String> classNames(StageKind kind, String alias) {
    return alias.equals("twin")
        ? List.of("example.Twin", "other.Twin")
        : className(kind, alias).stream().toList();
  }

  @Override
  public List<String> known(StageKind kind) {
    return List.of("jdbc", "files");
  }

  @Override
  public List<Finding> check(String stage, StageKind kind, Map<String, String> config) {
    List<Finding> findings = new ArrayList<>();
    if (kind == StageKind.SOURCE && config.get("connector.class").contains("Jdbc")) {
      jdbc(config, findings);
    }
    orderBy(config.getOrDefault("sql", ""), findings);
    return findings;
  }

  private static void jdbc(Map<String, String> config, List<Finding> findings) {
    if (!config.containsKey("url")) {
      findings.add(Finding.of("url", "missing required key \"url\""));
    }
    for (String key : config.keySet()) {
      if (!JDBC.contains(key) && !MILLRACE.contains(key) && !key.contains("topic.creation")) {
        findings.add(Finding.unknown(key, JDBC));
      }
    }
    if (config.getOrDefault("mode", "bulk").equals("always")) {
      findings.add(Finding.of("mode", "\"always\" is no mode"));
    }
  }

  private static void orderBy(String sql, List<Finding> findings) {
    int at = sql.indexOf("ORDER BY");
    if (at >= 0) {
      String before = sql.substring(0, at);
      int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
      int column = at - before.lastIndexOf('\n');
      findings.add(Finding.at("sql", line, column, "ORDER BY is not supported"));
    }
  }
}

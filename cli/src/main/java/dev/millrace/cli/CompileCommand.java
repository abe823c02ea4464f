package dev.millrace.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace compile}: the connector configurations a topology file stands for. */
@Command(
    name = "compile",
    mixinStandardHelpOptions = true,
    description = "Prints the connector configurations of topology files as JSON.")
final class CompileCommand implements Callable<Integer> {
  private final Outside outside;

  @Mixin private WorkerOptions worker = new WorkerOptions();

  @Option(
      names = "--bootstrap-servers",
      paramLabel = "HOST:PORT",
      description =
          "Writes this Kafka into the configurations of processors, which else take their"
              + " worker's.")
  private String bootstrapServers = "";

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "The data directory it will run with. Default: ~/.millrace")
  private Path dataDir;

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "Topology files.")
  private List<Path> files = List.of();

  CompileCommand(Outside outside) {
    this.outside = outside;
  }

  @Override
  public Integer call() {
    Path dir = dataDir == null ? outside.defaultDataDir() : dataDir;
    var settings = worker.settings(outside, dir, LintCommand.NO_KAFKA);
    try (var linting = new Linting(settings, outside.environment())) {
      var result = linting.lint(files, false); // variables are needed where it runs, not here
      if (!result.problems().isEmpty()) {
        result.problems().forEach(outside.err()::println);
        return 1;
      }
      Map<String, Object> connectors = new LinkedHashMap<>();
      result
          .topologies()
          .forEach(t -> linting.compile(t).forEach((n, c) -> connectors.put(n, filled(c))));
      outside.out().println(Json.pretty(connectors));
      return 0;
    }
  }

  private Map<String, String> filled(Map<String, String> config) {
    Map<String, String> filled = new LinkedHashMap<>(config);
    if (!bootstrapServers.isEmpty()) {
      filled.replaceAll(
          (key, value) -> value.replace("${worker:bootstrap.servers}", bootstrapServers));
    }
    return filled;
  }
}

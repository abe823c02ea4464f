package dev.millrace.cli;

import dev.millrace.topology.Problem;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace lint}: all problems of topology files, without running them. */
@Command(
    name = "lint",
    mixinStandardHelpOptions = true,
    description = "Checks topology files without running them; exit code 1 if something is wrong.")
final class LintCommand implements Callable<Integer> {
  /** Stands for a Kafka that is not asked. */
  static final String NO_KAFKA = "localhost:9092";

  private final Outside outside;

  @Mixin private WorkerOptions worker = new WorkerOptions();

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "The data directory it will run with. Default: ~/.millrace")
  private Path dataDir;

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description = "Topology files that run together.")
  private List<Path> files = List.of();

  LintCommand(Outside outside) {
    this.outside = outside;
  }

  @Override
  public Integer call() {
    Path dir = dataDir == null ? outside.defaultDataDir() : dataDir;
    var settings = worker.settings(outside, dir, NO_KAFKA);
    try (var linting = new Linting(settings, outside.environment())) {
      List<Problem> problems = linting.lint(files, true).problems();
      problems.forEach(outside.out()::println);
      if (problems.isEmpty()) {
        outside
            .out()
            .println(
                files.size() == 1
                    ? "No problems."
                    : "No problems in %d files.".formatted(files.size()));
        return 0;
      }
      outside.err().println(count(problems.size()));
      return 1;
    }
  }

  /** How many problems, in words. */
  static String count(int problems) {
    return problems == 1 ? "1 problem." : problems + " problems.";
  }
}

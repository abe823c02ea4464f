package dev.millrace.cli;

import dev.millrace.topology.Compiler;
import dev.millrace.topology.Lint;
import dev.millrace.topology.Parsed;
import dev.millrace.topology.Problem;
import dev.millrace.topology.Topologies;
import dev.millrace.topology.Topology;
import dev.millrace.worker.ConfigCheck;
import dev.millrace.worker.WorkerSettings;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads, checks and compiles topology files with the installed plugins. Used by one thread. */
final class Linting implements AutoCloseable {
  private final ConfigCheck check;
  private final Map<String, String> environment;

  /**
   * Finds the plugins.
   *
   * @param settings of the worker that will run the files
   * @param environment the variables for {@code ${env:…}}
   */
  Linting(WorkerSettings settings, Map<String, String> environment) {
    this.check = ConfigCheck.of(settings, Providers.of(environment));
    this.environment = environment;
  }

  /**
   * Files that belong together.
   *
   * @param problems all that is wrong, by file and place; empty if they can run
   * @param topologies what was understood, in the order of the files
   */
  record Result(List<Problem> problems, List<Topology> topologies) {}

  /**
   * Checks files together.
   *
   * @param willRun whether the variables they name have to be set
   * @throws CommandFailure when one cannot be read
   */
  Result lint(List<Path> files, boolean willRun) {
    List<Parsed> parsed = files.stream().map(f -> Topologies.parse(f.toString(), text(f))).toList();
    var checker = new PluginStageChecker(check::validate, environment);
    List<Problem> problems = new ArrayList<>(Lint.lint(parsed, names(), checker));
    if (willRun) {
      parsed.forEach(file -> problems.addAll(EnvironmentVariables.missing(file, environment)));
    }
    List<String> order = files.stream().map(Path::toString).toList();
    problems.sort(
        Comparator.comparingInt((Problem p) -> order.indexOf(p.file()))
            .thenComparingInt(Problem::line)
            .thenComparingInt(Problem::column));
    return new Result(problems, parsed.stream().flatMap(p -> p.topology().stream()).toList());
  }

  /** The connectors of a topology. */
  Map<String, Map<String, String>> compile(Topology topology) {
    return new LinkedHashMap<>(Compiler.compile(topology, names()));
  }

  private CatalogNames names() {
    return new CatalogNames(check.plugins());
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new CommandFailure("There is no file " + file + ".", e);
    } catch (MalformedInputException e) {
      throw new CommandFailure("The file " + file + " is not UTF-8 text.", e);
    } catch (IOException e) {
      throw new CommandFailure("The file " + file + " cannot be read: " + e, e);
    }
  }

  @Override
  public void close() {
    check.close();
  }
}

package dev.millrace.cli;

import dev.millrace.model.Command;
import dev.millrace.model.CommandResult;
import dev.millrace.worker.Worker;
import dev.millrace.worker.keys.WorkerMode;
import dev.millrace.worker.validation.Validation;
import dev.millrace.worker.validation.ValidationException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Parameters;

/** {@code millrace standalone}: a worker of Kafka Connect's standalone mode. */
@picocli.CommandLine.Command(
    name = "standalone",
    mixinStandardHelpOptions = true,
    description = "Runs a worker by Kafka Connect's file connect-standalone.properties.")
final class StandaloneCommand implements Callable<Integer> {

  /** As Kafka Connect: a connector of the command line could not be created. */
  static final int CONNECTOR_REFUSED = 3;

  private static final Duration DEADLINE = Duration.ofMinutes(2);

  private final Outside outside;

  @Parameters(
      index = "0",
      paramLabel = "FILE",
      description = "The properties file of a standalone worker, as Kafka Connect takes it.")
  private Path file;

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "CONNECTOR",
      description = "Connectors: properties files, or JSON.")
  private List<Path> connectors = List.of();

  StandaloneCommand(Outside outside) {
    this.outside = outside;
  }

  @Override
  public Integer call() {
    var worker = WorkerFile.read(file, WorkerMode.STANDALONE);
    var wait = new ResultWait(outside.stop(), DEADLINE);
    try (var process = WorkerProcess.start(outside, worker)) {
      try {
        wait.result(process.worker().started(), "The worker did not start");
        for (Path connector : connectors) create(process.worker(), wait, connector);
      } catch (CommandFailure e) {
        outside.err().println("error: " + e.getMessage());
        return CONNECTOR_REFUSED;
      }
      return process.follow();
    }
  }

  private static void create(Worker worker, ResultWait wait, Path path) {
    var connector = ConnectorFile.read(path);
    check(worker, connector);
    var command = new Command.Create(connector.name(), connector.config(), connector.target());
    var result = wait.result(worker.submit(command), refused(connector));
    if (result instanceof CommandResult.Rejected(var rejection)) {
      throw new CommandFailure(
          "%s: %s. %s".formatted(refused(connector), rejection.message(), rejection.hint()));
    }
  }

  private static void check(Worker worker, ConnectorFile connector) {
    try {
      var validation = worker.validate(connector.config());
      if (validation.errorCount() > 0) {
        throw new CommandFailure(
            validation.problems().stream()
                .map(Validation.Problem::message)
                .collect(Collectors.joining("\n", refused(connector) + ":\n", "")));
      }
    } catch (ValidationException e) {
      throw new CommandFailure(refused(connector) + ": " + e.getMessage(), e);
    }
  }

  private static String refused(ConnectorFile connector) {
    return "%s: the connector \"%s\" was refused".formatted(connector.path(), connector.name());
  }
}

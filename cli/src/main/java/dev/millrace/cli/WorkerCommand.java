package dev.millrace.cli;

import dev.millrace.worker.keys.WorkerMode;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code millrace worker}: a worker of Kafka Connect's distributed mode. */
@Command(
    name = WorkerCommand.NAME,
    mixinStandardHelpOptions = true,
    description = "Runs a worker by Kafka Connect's file connect-distributed.properties.")
final class WorkerCommand implements Callable<Integer> {
  static final String NAME = "worker";

  private final Outside outside;

  @Parameters(
      paramLabel = "FILE",
      description = "The properties file of a distributed worker, as Kafka Connect takes it.")
  private Path file;

  WorkerCommand(Outside outside) {
    this.outside = outside;
  }

  @Override
  public Integer call() {
    return run(outside, file);
  }

  /** Runs a worker by this file until it ends; returns the exit code. */
  static int run(Outside outside, Path file) {
    try (var process =
        WorkerProcess.start(outside, WorkerFile.read(file, WorkerMode.DISTRIBUTED))) {
      return process.follow();
    }
  }
}

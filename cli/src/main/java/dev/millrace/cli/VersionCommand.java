package dev.millrace.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code millrace version}. */
@Command(
    name = "version",
    mixinStandardHelpOptions = true,
    description = "Shows the versions of Millrace, Kafka and Java.")
final class VersionCommand implements Callable<Integer> {
  private final Outside outside;

  VersionCommand(Outside outside) {
    this.outside = outside;
  }

  @Override
  public Integer call() {
    for (String line : new Version().getVersion()) {
      outside.out().println(line);
    }
    return 0;
  }
}

package dev.millrace.cli;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace cluster expect}: a worker is going to be restarted. */
@Command(
    name = "expect",
    mixinStandardHelpOptions = true,
    description =
        "Announces that a worker will be restarted: while it is away, the others hold its work for"
            + " it instead of taking it over.")
final class ClusterExpectCommand implements Callable<Integer> {
  private final Outside outside;

  @Mixin private RestClient rest = new RestClient();

  @Parameters(
      paramLabel = "WORKER",
      description = "Its id, host:port, as \"millrace cluster\" shows it.")
  private String worker;

  @Option(
      names = "--within",
      paramLabel = "SECONDS",
      description =
          "How long its work is held at most, its stop included. Default: ${DEFAULT-VALUE}")
  private long seconds = 120;

  @Option(names = "--cancel", description = "The worker is not expected any more.")
  private boolean cancel;

  ClusterExpectCommand(Outside outside) {
    this.outside = outside;
  }

  @Override
  public Integer call() {
    String path = "/v1/cluster/members/" + RestClient.encoded(worker) + "/restart";
    if (!cancel && seconds < 1) throw new CommandFailure("--within takes at least one second");
    var answer =
        cancel
            ? rest.delete(outside, path)
            : rest.put(outside, path, Map.of("hold_ms", Duration.ofSeconds(seconds).toMillis()));
    if (answer.status() >= 300) {
      throw new CommandFailure(rest.base(outside) + " says: " + answer.message());
    }
    outside
        .out()
        .println(
            cancel
                ? worker + " is not expected back any more."
                : "The work of %s is held for up to %d s. Restart it now."
                    .formatted(worker, seconds));
    return 0;
  }
}

package dev.millrace.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace query}: one row of a processor's table. */
@Command(
    name = "query",
    mixinStandardHelpOptions = true,
    description =
        "Shows the current row of a key in a processor's table; exit code 1 if there is none.")
final class QueryCommand implements Callable<Integer> {
  private final Outside outside;

  @Mixin private RestClient rest = new RestClient();

  @Option(
      names = "--topology",
      paramLabel = "NAME",
      description = "The topology; needed only when several run.")
  private String topology = "";

  @Parameters(index = "0", paramLabel = "STAGE", description = "The processor.")
  private String stage = "";

  @Parameters(
      index = "1",
      paramLabel = "KEY",
      description = "The value of its GROUP BY column, or a JSON object of several.")
  private String key = "";

  QueryCommand(Outside outside) {
    this.outside = outside;
  }

  @Override
  public Integer call() {
    String name = topology.isEmpty() ? onlyTopology() : topology;
    var answer =
        rest.get(
            outside,
            "/v1/topologies/%s/tables/%s?key=%s"
                .formatted(
                    RestClient.encoded(name), RestClient.encoded(stage), RestClient.encoded(key)));
    if (answer.status() == 200) {
      outside.out().println(Json.line(answer.body().path("row")));
      return 0;
    }
    boolean noRow = answer.status() == 404 && answer.message().contains("has no row with key");
    outside
        .err()
        .println(noRow ? "no row for key %s in %s".formatted(key, stage) : answer.message());
    return 1;
  }

  private String onlyTopology() {
    List<String> names = rest.topologies(outside);
    return switch (names.size()) {
      case 0 -> throw new CommandFailure("No topology runs at " + rest.base(outside) + ".");
      case 1 -> names.get(0);
      default ->
          throw new CommandFailure(
              "Several topologies run: %s. Say which with --topology."
                  .formatted(String.join(", ", names)));
    };
  }
}

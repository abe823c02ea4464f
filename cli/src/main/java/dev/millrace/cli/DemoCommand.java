package dev.millrace.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code millrace demo}: a whole flow on this machine, with nothing prepared. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Starts a Kafka and a MariaDB of its own, keeps inserting visits, counts them with SQL",
      "and shows it. Started again it goes on where it stopped."
    })
final class DemoCommand implements Callable<Integer> {
  private static final double USUAL_RATE = 50;

  private final Outside outside;

  @Option(
      names = "--rows",
      paramLabel = "N",
      description = "Inserts N rows, waits until they are counted, compares everything and ends.")
  private Long rows;

  @Option(
      names = "--rate",
      paramLabel = "R",
      description = "Rows per second. Default: 50; with --rows as fast as it goes.")
  private Double rate;

  @Option(
      names = "--users",
      paramLabel = "U",
      defaultValue = "20",
      description = "How many users visit. Default: ${DEFAULT-VALUE}")
  private int users;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "Where everything is kept. Default: ~/.millrace/demo")
  private Path dataDir;

  @Option(names = "--reset", description = "Throws away what earlier demos left, then begins.")
  private boolean reset;

  DemoCommand(Outside outside) {
    this.outside = outside;
  }

  @Override
  public Integer call() {
    Path dir = (dataDir == null ? outside.demoDataDir() : dataDir).toAbsolutePath().normalize();
    check();
    if (reset) {
      new DemoFolder(dir).reset();
    }
    var plan =
        new Demo.Plan(
            rows == null ? Long.MAX_VALUE : rows,
            rate == null ? (rows == null ? USUAL_RATE : 0) : rate,
            users);
    Demo.Ending ending = new Demo(outside, dir, plan).run();
    ending.lines().forEach(ending.code() == 0 ? outside.out()::println : outside.err()::println);
    ending.summary().ifPresent(outside.out()::println);
    return ending.code();
  }

  private void check() {
    if (rows != null && rows < 1) {
      throw new CommandFailure("--rows is %d, but has to be at least 1.".formatted(rows));
    }
    if (rate != null && !(rate > 0)) {
      throw new CommandFailure("--rate is %s, but has to be more than 0.".formatted(rate));
    }
    if (users < 1 || users > 100_000) {
      throw new CommandFailure("--users is %d, but has to be 1 to 100000.".formatted(users));
    }
  }
}

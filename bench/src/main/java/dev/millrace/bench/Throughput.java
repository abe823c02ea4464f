package dev.millrace.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Rate and cost of one task's data path, beside the reference and the bare client. */
@Command(
    mixinStandardHelpOptions = true,
    description = "Rate, processor time and memory of one task, beside the bare client.")
final class Throughput implements Callable<Integer> {

  private static final int QUICK = 10;

  private final Scenario scenario;

  @Option(names = "--pairs", description = "How often each is measured; default: 5.")
  private int pairs = 5;

  @Option(names = "--warm-up", description = "Records before those that count; default: 3000000.")
  private long warmUp = 3_000_000;

  @Option(names = "--records", description = "Records that count; default: 2000000.")
  private long records = 2_000_000;

  @Option(names = "--quick", description = "A tenth of the records, and one pair.")
  private boolean quick;

  @Option(
      names = "--only",
      split = ",",
      description = "Some of ${COMPLETION-CANDIDATES}; all unless given.")
  private List<Runner> only = List.of(Runner.values());

  @Option(names = "--jvm", description = "One more flag of all JVMs; may be repeated.")
  private List<String> flags = List.of();

  Throughput(Scenario scenario) {
    this.scenario = scenario;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path root = Path.of(System.getProperty("bench.root", "."));
    if (quick) shorten();
    Load load = new Load(scenario, warmUp, records, flags);
    PairTable table = new PairTable(scenario.title(), load.conditions());
    try (Guard.Folder own = Guard.Folder.create();
        Broker broker = Broker.start(own.path())) {
      Path folder = own.path();
      Place place = new Place(root, folder, PluginFolder.in(folder), broker.bootstrapServers());
      try (Topics topics = new Topics(place)) {
        topics.fill(load);
        for (int pair = 0; pair < pairs; pair++) {
          for (Runner runner : only) {
            if (runner.applies(scenario)) measure(load, place, topics, runner, table);
          }
        }
      }
    }
    System.out.println(table.text());
    System.err.println("JSON: " + table.writeJson(root));
    return 0;
  }

  private void shorten() {
    pairs = 1;
    warmUp /= QUICK;
    records /= QUICK;
  }

  private static void measure(Load load, Place place, Topics topics, Runner runner, PairTable table)
      throws IOException, InterruptedException {
    System.err.print(runner.title() + ": ");
    String topic = topics.take(load);
    Run run = new Run(load, place, topic, runner);
    RunFigures figures = run.measure();
    topics.release(load, topic);
    System.err.println(figures.line());
    table.add(runner.title(), figures.rows());
  }
}

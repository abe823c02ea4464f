package dev.millrace.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Measurements of Millrace beside Apache Kafka Connect. Prints a table, and writes JSON. */
@Command(
    name = "bench/run",
    mixinStandardHelpOptions = true,
    subcommandsRepeatable = true,
    subcommands = {
      ClusterChange.class,
      ClusterCreate.class,
      ClusterGrow.class,
      ClusterHang.class,
      ClusterKill.class,
      ClusterRestart.class,
      IdleConnectors.class,
      Latency.class,
      Start.class
    },
    description = "Measures Millrace beside Apache Kafka Connect, each in a fresh process.")
public final class Main {

  private Main() {}

  /** Runs the scenario that is named. */
  public static void main(String[] args) {
    CommandLine line = new CommandLine(new Main());
    for (Scenario scenario : Scenario.all()) {
      line.addSubcommand(scenario.title(), new Throughput(scenario));
    }
    System.exit(line.execute(args));
  }
}

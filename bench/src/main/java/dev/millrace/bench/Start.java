package dev.millrace.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What a worker's start takes, until it is healthy and GET /connectors answers. */
@Command(
    name = "start",
    mixinStandardHelpOptions = true,
    description = "Time, processor time and memory of a worker's start, the first and the second.")
final class Start implements Callable<Integer> {

  static final List<String> FLAGS =
      List.of("-Xms256m", "-Xmx1g", "-XX:+UseG1GC", "-XX:-UsePerfData");

  /** Sources of three databases and a sink; what their makers publish. */
  private static final List<String> DEBEZIUM =
      List.of(
          "io.debezium:debezium-connector-mariadb:3.5.0.Final",
          "io.debezium:debezium-connector-mysql:3.6.1.Final",
          "io.debezium:debezium-connector-sqlserver:3.6.1.Final",
          "io.debezium:debezium-connector-jdbc:3.5.0.Final");

  @Option(names = "--rounds", description = "How often; the table has the medians. Default: 3")
  private int rounds = 3;

  @Option(names = "--debezium", description = "With four of Debezium's archives as plugins.")
  private boolean debezium;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path root = Path.of(System.getProperty("bench.root", "."));
    StartTable table = new StartTable(debezium ? "start-debezium" : "start", rounds);
    try (Guard.Folder folder = Guard.Folder.create()) {
      measure(root, folder.path(), table);
    }
    System.out.println(table.text());
    System.err.println("JSON: " + table.writeJson(root));
    return 0;
  }

  private void measure(Path root, Path folder, StartTable table)
      throws IOException, InterruptedException {
    Path empty = Files.createDirectory(folder.resolve("plugins"));
    Path plugins = debezium ? debezium(root, folder) : empty;
    Path cache = folder.resolve("cache");
    launcher(root, folder, Map.of("MILLRACE_CACHE", cache.toString()), List.of("prepare"));
    for (int round = 0; round < rounds; round++) {
      Path place = Files.createDirectories(folder.resolve("round" + round));
      try (Broker broker = Broker.start(place)) {
        for (Starter starter :
            Starter.all(new Place(root, place, plugins, broker.bootstrapServers()), cache)) {
          System.err.println("Round " + (round + 1) + ": " + starter.title() + "…");
          table.add(starter.title(), starter.measure());
        }
      }
    }
  }

  private static Path debezium(Path root, Path folder) throws IOException, InterruptedException {
    Path into = root.resolve("bench/target/debezium").toAbsolutePath();
    var command =
        new java.util.ArrayList<>(List.of("plugins", "install", "--classifier", "plugin"));
    command.addAll(List.of("--into", into.toString()));
    command.addAll(DEBEZIUM);
    launcher(root, folder, Map.of(), command);
    return into;
  }

  private static void launcher(
      Path root, Path folder, Map<String, String> environment, List<String> arguments)
      throws IOException, InterruptedException {
    var command = new java.util.ArrayList<>(List.of(Starter.launcher(root)));
    command.addAll(arguments);
    var all = new TreeMap<>(environment);
    all.put("MILLRACE_JAVA_HOME", JvmProcess.javaHome().toString());
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(folder.resolve("launcher.log").toFile());
    builder.environment().putAll(all);
    if (builder.start().waitFor() != 0) {
      throw new IOException(Files.readString(folder.resolve("launcher.log")));
    }
  }
}

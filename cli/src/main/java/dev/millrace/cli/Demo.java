package dev.millrace.cli;

import dev.millrace.cli.demo.VisitTable;
import dev.millrace.kafka.EmbeddedKafka;
import dev.millrace.servers.MariaDbServer;
import dev.millrace.topology.Topology;
import dev.millrace.worker.WorkerSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;

/**
 * Sets the demo up and tears it down: MariaDB beside this process, Kafka and a worker in it. Owned
 * by the command's thread.
 */
final class Demo {
  /** The topology's file, from the folder of the distribution or of the checkout. */
  static final String FILE = "examples/user-visits/topology.yaml";

  private final Outside outside;
  private final Path dataDir;
  private final Plan plan;
  private final Progress progress;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  /**
   * What to insert.
   *
   * @param rows how many; {@link Long#MAX_VALUE} for without end
   * @param rate per second; 0 for as fast as it goes
   */
  record Plan(long rows, double rate, int users) {
    boolean isFinite() {
      return rows != Long.MAX_VALUE;
    }
  }

  /**
   * How it ended.
   *
   * @param lines what to say
   * @param summary the last line
   */
  record Ending(int code, List<String> lines, Optional<String> summary) {}

  Demo(Outside outside, Path dataDir, Plan plan) {
    this.outside = outside;
    this.dataDir = dataDir;
    this.plan = plan;
    this.progress = new Progress(outside.out());
  }

  /** Runs it until all is counted, the user stops it, or something fails. */
  Ending run() {
    Path log = Logging.toFile(outside, dataDir, outside.interactive() ? "OFF" : "WARN");
    progress.say("Data: %s   Log: %s".formatted(dataDir, log));
    try {
      return withServers(log);
    } finally {
      stop();
    }
  }

  private Ending withServers(Path log) {
    FutureTask<MariaDbServer> mariaDb =
        inBackground("mariadb", () -> progress.step("Starting MariaDB", this::mariaDb));
    FutureTask<EmbeddedKafka> kafka =
        inBackground(
            "kafka", () -> progress.step("Starting Kafka", () -> LocalRuntime.kafka(dataDir)));
    try {
      open.push(get(kafka));
    } finally {
      open.push(get(mariaDb)); // also when Kafka failed: it is to be stopped
    }
    return withFlow(get(mariaDb), get(kafka).bootstrapServers(), log);
  }

  private MariaDbServer mariaDb() {
    return MariaDbServer.builder()
        .dataDir(dataDir.resolve("mariadb"))
        .cacheDir(outside.defaultDataDir().resolve("cache"))
        .progress(line -> progress.say("  MariaDB: " + line))
        .start();
  }

  private Ending withFlow(MariaDbServer server, String kafka, Path log) {
    VisitTable table = VisitTable.open(server.jdbcUrl(""), server.user(), server.password());
    open.push(table);
    Map<String, String> environment = new HashMap<>(outside.environment());
    environment.put("USERDB_URL", server.mysqlUrl("userdb"));
    environment.put("USERDB_USER", server.user());
    environment.put("USERDB_PASSWORD", server.password());
    Map<String, String> properties =
        new HashMap<>(new WorkerOptions().properties(outside, dataDir, kafka));
    properties.putAll(LocalRuntime.listeners(progress));
    LocalRuntime runtime =
        progress.step(
            "Starting the worker",
            () -> LocalRuntime.start(properties, environment, dataDir, outside.stop()));
    open.push(runtime);
    progress.step("Starting " + FILE, () -> apply(runtime, properties, environment));
    return new DemoShow(outside, runtime, table, new DemoShow.Scene(plan, dataDir, kafka, log))
        .run();
  }

  private String apply(
      LocalRuntime runtime, Map<String, String> properties, Map<String, String> environment) {
    try (var linting = new Linting(WorkerSettings.of(properties), environment)) {
      var result = linting.lint(List.of(file()), true);
      if (!result.problems().isEmpty()) {
        throw new CommandFailure(
            "The demo's topology has problems:\n"
                + String.join("\n", result.problems().stream().map(Object::toString).toList()));
      }
      Topology topology = result.topologies().get(0);
      runtime.apply(topology.name(), linting.compile(topology));
      return topology.name();
    }
  }

  private Path file() {
    return Stream.concat(outside.home().stream(), Stream.of(Path.of("")))
        .map(folder -> folder.resolve(FILE))
        .filter(Files::isReadable)
        .findFirst()
        .orElseThrow(
            () ->
                new CommandFailure(
                    "The file %s is not there. Start the demo with bin/millrace.".formatted(FILE)));
  }

  private static <T> FutureTask<T> inBackground(String name, Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    Thread.ofPlatform().daemon().name("start-" + name).start(task);
    return task;
  }

  private static <T> T get(FutureTask<T> task) {
    try {
      return task.get(); // each start has a deadline of its own
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new CommandFailure(String.valueOf(e.getCause()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("Interrupted while starting", e);
    }
  }

  /** Stops what was started, the last first; all of it, whatever one of them says. */
  private void stop() {
    if (open.isEmpty()) {
      return;
    }
    progress.say("Stopping the worker, Kafka and MariaDB…");
    long begun = System.nanoTime();
    for (AutoCloseable each : open) {
      try {
        each.close();
      } catch (Exception e) {
        outside.err().println("error: " + e.getMessage());
      }
    }
    progress.say("  Stopped in " + Progress.seconds(System.nanoTime() - begun));
  }
}

package dev.millrace.cli;

import dev.millrace.kafka.EmbeddedKafka;
import dev.millrace.topology.Topology;
import dev.millrace.worker.WorkerSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace run}: runs topology files until it is stopped. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = "Runs topology files until it is stopped (Ctrl-C).")
final class RunCommand implements Callable<Integer> {
  private static final Duration LOOK = Duration.ofMillis(250);

  private final Outside outside;
  private final Progress progress;

  @Mixin private WorkerOptions options = new WorkerOptions();

  @Option(
      names = "--bootstrap-servers",
      paramLabel = "HOST:PORT",
      description = "The Kafka to use; without it one runs inside, its data in the data directory.")
  private String bootstrapServers = "";

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "Where everything is kept that a restart needs. Default: ~/.millrace")
  private Path dataDir;

  @Option(
      names = "--listen",
      paramLabel = "URL",
      description =
          "Where REST listens. Default: http://127.0.0.1:8083, or a free port when it is taken.")
  private String listen = "";

  @Option(
      names = "--at-least-once",
      description =
          "Sources do not write in transactions: faster, but rows may repeat after a crash.")
  private boolean atLeastOnce;

  @Parameters(
      arity = "0..*",
      paramLabel = "FILE",
      description = "Topology files; without one it runs what it ran last and what REST adds.")
  private List<Path> files = List.of();

  RunCommand(Outside outside) {
    this.outside = outside;
    this.progress = new Progress(outside.out());
  }

  @Override
  public Integer call() {
    Path dir = dataDir == null ? outside.defaultDataDir() : dataDir;
    Optional<Map<String, Map<String, Map<String, String>>>> compiled = compile(dir);
    if (compiled.isEmpty()) {
      return 1;
    }
    Path log = Logging.toFile(outside, dir, "WARN");
    progress.say("Log: " + log);
    options.remark().ifPresent(progress::say);
    String given = kafkaGiven();
    if (!given.isEmpty()) {
      return run(dir, given, compiled.get());
    }
    try (EmbeddedKafka kafka = progress.step("Starting Kafka", () -> LocalRuntime.kafka(dir))) {
      int code = run(dir, kafka.bootstrapServers(), compiled.get());
      progress.say("Stopping Kafka…");
      return code;
    }
  }

  private String kafkaGiven() {
    return bootstrapServers.isEmpty() ? options.bootstrapServers().orElse("") : bootstrapServers;
  }

  private Optional<Map<String, Map<String, Map<String, String>>>> compile(Path dir) {
    var settings = options.settings(outside, dir, LintCommand.NO_KAFKA);
    try (var linting = new Linting(settings, outside.environment())) {
      var result = linting.lint(files, true);
      if (!result.problems().isEmpty()) {
        result.problems().forEach(outside.err()::println);
        outside.err().println(LintCommand.count(result.problems().size()));
        return Optional.empty();
      }
      Map<String, Map<String, Map<String, String>>> compiled = new LinkedHashMap<>();
      for (Topology topology : result.topologies()) {
        compiled.put(topology.name(), linting.compile(topology));
      }
      return Optional.of(compiled);
    }
  }

  private int run(
      Path dir, String kafka, Map<String, Map<String, Map<String, String>>> topologies) {
    Map<String, String> properties = properties(dir, kafka);
    try (var runtime =
        progress.step(
            "Starting the worker",
            () -> LocalRuntime.start(properties, outside.environment(), dir, outside.stop()))) {
      topologies.forEach(runtime::apply);
      progress.say("REST: " + runtime.restUrl() + "   Kafka: " + kafka + "   Ctrl-C stops.");
      int code = follow(runtime);
      progress.say("Stopping…");
      return code;
    }
  }

  private Map<String, String> properties(Path dir, String kafka) {
    Map<String, String> properties = new HashMap<>(options.properties(outside, dir, kafka));
    if (!listen.isEmpty()) {
      properties.put(WorkerSettings.LISTENERS, listen);
    } else if (!options.setsListeners()) {
      properties.putAll(LocalRuntime.listeners(progress));
    }
    if (atLeastOnce) {
      properties.put(WorkerSettings.EXACTLY_ONCE, "disabled");
    }
    return properties;
  }

  /** Says how the stages' states change until the user stops it; 1 when the worker died. */
  private int follow(LocalRuntime runtime) {
    Map<String, String> said = new TreeMap<>();
    do {
      StageStates.of(runtime.worker())
          .forEach(
              (stage, state) -> {
                String headline = StageStates.headline(state);
                if (!headline.equals(said.put(stage, headline))) {
                  progress.say("%-32s %s".formatted(stage, state));
                }
              });
      if (runtime.worker().death().isCompletedExceptionally()) {
        outside.err().println("error: the worker died; the log says why");
        return 1;
      }
    } while (!outside.stop().await(LOOK));
    return 0;
  }
}

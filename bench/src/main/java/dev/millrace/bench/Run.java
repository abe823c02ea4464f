package dev.millrace.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One process that moves the records of a scenario. Owned by the command's thread. */
final class Run {

  private static final Duration MOST = Duration.ofMinutes(20);
  private static final int MARKS = 4;
  private static final String MOST_RESIDENT = "VmHWM";

  private final Load load;
  private final Place place;
  private final String topic;
  private final Runner runner;
  private final Path own;
  private final Path marks;

  Run(Load load, Place place, String topic, Runner runner) throws IOException {
    this.load = load;
    this.place = place;
    this.topic = topic;
    this.runner = runner;
    this.own = Files.createTempDirectory(place.folder(), runner.name());
    this.marks = own.resolve("marks");
  }

  RunFigures measure() throws IOException, InterruptedException {
    if (runner.bare()) {
      try (JvmProcess process = bare()) {
        return figures(process);
      }
    }
    Place at = new Place(place.root(), own, place.pluginPath(), place.bootstrapServers());
    Map<String, String> settings = new HashMap<>(runner.settings());
    settings.putAll(group(own));
    try (Worker worker = start(at, settings)) {
      Map<String, String> config = load.scenario().config(topic, load.read());
      String name = "bench" + own.getFileName();
      config.putAll(Map.of("name", name, "marks.file", marks.toString(), "marks.at", load.marks()));
      worker.create(name, config);
      return figures(worker.process());
    }
  }

  private Worker start(Place at, Map<String, String> settings)
      throws IOException, InterruptedException {
    return runner.contestant().start(at, load.java().home(runner), load.flags(), settings);
  }

  /** Worker settings of a group of its own, named as a folder; with the default guarantee. */
  static Map<String, String> group(Path folder) {
    String name = folder.getFileName().toString();
    return Map.of(
        "group.id", name,
        "config.storage.topic", name + "-config",
        "offset.storage.topic", name + "-offset",
        "status.storage.topic", name + "-status",
        "exactly.once.source.support", "disabled"); // as in Kafka Connect when nobody sets it
  }

  private JvmProcess bare() throws IOException {
    Map<String, String> settings = new HashMap<>(runner.settings());
    Scenario scenario = load.scenario();
    int length = scenario.schemas() ? SCHEMA_LENGTH : PLAIN_LENGTH;
    settings.putAll(
        Map.of(
            "bootstrap.servers", place.bootstrapServers(),
            "marks.file", marks.toString(),
            "marks.at", load.marks(),
            "topic", topic,
            "records", Long.toString(load.read()),
            "length", Integer.toString(scenario.source() ? length : 0),
            "enable.auto.commit", "false"));
    Path file = Files.writeString(own.resolve("client"), Contestant.properties(settings));
    List<String> command = new ArrayList<>(load.flags());
    String path = System.getProperty("java.class.path");
    command.addAll(List.of("-cp", path, BareClient.class.getName(), file.toString()));
    return JvmProcess.start(command, own.resolve("output.log"));
  }

  private static final int SCHEMA_LENGTH = dev.millrace.bench.plugin.Form.SCHEMA_LENGTH;
  private static final int PLAIN_LENGTH = dev.millrace.bench.plugin.Form.PLAIN_LENGTH;

  private RunFigures figures(JvmProcess process) throws IOException, InterruptedException {
    Await.until("all records are through", MOST, () -> lines(process).size() == MARKS);
    List<String> lines = lines(process);
    return new RunFigures(
        Window.between(lines.get(0), lines.get(1)),
        Window.between(lines.get(2), lines.get(3)),
        memory(process));
  }

  /** Not a number when the process has ended, as a bare client does by itself. */
  private static double memory(JvmProcess process) throws IOException {
    Path status = Path.of("/proc", Long.toString(process.pid()), "status");
    String text = process.alive() ? Files.readString(status) : "";
    return text.contains(MOST_RESIDENT)
        ? Footprint.number(text, MOST_RESIDENT) / 1024.0
        : Double.NaN;
  }

  private List<String> lines(JvmProcess process) throws IOException {
    List<String> lines = Files.exists(marks) ? Files.readAllLines(marks) : List.of();
    if (lines.size() < MARKS && !process.alive()) {
      throw new IOException("The process has ended:\n" + process.output());
    }
    return lines;
  }
}

package dev.millrace.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The time from a source's poll to a sink's put, both in one worker. */
@Command(
    name = "latency",
    mixinStandardHelpOptions = true,
    description = "Time from a source's poll to a sink's put, at a thousand records a second.")
final class Latency implements Callable<Integer> {

  private static final Duration MOST = Duration.ofMinutes(10);
  private static final int PER_SECOND = 1000;

  @Option(names = "--pairs", description = "How often each is measured; default: 5.")
  private int pairs = 5;

  @Option(names = "--warm-up", description = "Seconds before those that count; default: 20.")
  private int warmUp = 20;

  @Option(names = "--seconds", description = "Seconds that count; default: 20.")
  private int seconds = 20;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path root = Path.of(System.getProperty("bench.root", "."));
    PairTable table = new PairTable("latency", conditions());
    try (Guard.Folder own = Guard.Folder.create();
        Broker broker = Broker.start(own.path())) {
      Path folder = own.path();
      Place place = new Place(root, folder, PluginFolder.in(folder), broker.bootstrapServers());
      for (int pair = 0; pair < pairs; pair++) {
        for (Contestant contestant : Contestant.values()) {
          System.err.print(contestant.title() + ": ");
          Map<String, Double> rows = measure(contestant, place);
          System.err.println(rows);
          table.add(contestant.title(), rows);
        }
      }
    }
    System.out.println(table.text());
    System.err.println("JSON: " + table.writeJson(root));
    return 0;
  }

  private Map<String, Object> conditions() {
    return Map.of(
        "recordsPerSecond",
        PER_SECOND,
        "warmUpSeconds",
        warmUp,
        "seconds",
        seconds,
        "jvm",
        System.getProperty("java.vm.version"),
        "flags",
        Load.FLAGS,
        "processors",
        Runtime.getRuntime().availableProcessors());
  }

  private Map<String, Double> measure(Contestant contestant, Place place)
      throws IOException, InterruptedException {
    Path own = Files.createTempDirectory(place.folder(), contestant.name());
    Place at = new Place(place.root(), own, place.pluginPath(), place.bootstrapServers());
    String topic = own.getFileName().toString();
    create(place, topic);
    try (Worker worker = contestant.start(at, Load.FLAGS, Run.group(own))) {
      Path file = own.resolve("percentiles");
      worker.create(topic + "-sink", sink(topic, file));
      worker.create(topic + "-source", source(topic));
      Await.until("all records are through", MOST, () -> ready(file, worker.process()));
      return rows(Files.readString(file));
    }
  }

  private static void create(Place place, String topic) throws IOException, InterruptedException {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", place.bootstrapServers()))) {
      admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
    } catch (java.util.concurrent.ExecutionException e) {
      throw new IOException(e);
    }
  }

  private static boolean ready(Path file, JvmProcess process) throws IOException {
    if (!process.alive()) throw new IOException("The worker has ended:\n" + process.output());
    return Files.exists(file) && Files.readString(file).endsWith("\n");
  }

  private static Map<String, Double> rows(String line) {
    List<Double> values = new ArrayList<>();
    for (String value : line.strip().split(" ", -1)) values.add(Long.parseLong(value) / 1e3);
    Map<String, Double> rows = new LinkedHashMap<>();
    rows.put("half of the records, ms", values.get(0));
    rows.put("99 % of the records, ms", values.get(1));
    rows.put("99.9 % of the records, ms", values.get(2));
    return rows;
  }

  private Map<String, String> sink(String topic, Path file) {
    Map<String, String> config = new HashMap<>(common("TimedSink"));
    config.put("topics", topic);
    config.put("file", file.toString());
    config.put("skip", Integer.toString(warmUp * PER_SECOND));
    config.put("records", Integer.toString(seconds * PER_SECOND));
    return config;
  }

  private static Map<String, String> source(String topic) {
    Map<String, String> config = new HashMap<>(common("TimedSource"));
    config.put("topic", topic);
    return config;
  }

  private static Map<String, String> common(String type) {
    return Map.of("connector.class", "dev.millrace.bench.plugin." + type, "tasks.max", "1");
  }
}

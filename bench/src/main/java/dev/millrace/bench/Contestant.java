package dev.millrace.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Who is measured, and how its worker is started. */
enum Contestant {
  KAFKA_CONNECT("Apache Kafka Connect 4.3.1") {
    @Override
    List<String> arguments(Path root, Path settings) {
      return List.of(
          "-cp",
          root.resolve("e2e/reference/target/lib") + "/*",
          "org.apache.kafka.connect.cli.ConnectDistributed",
          settings.toString());
    }

    @Override
    List<String> ownFlags() { // of connect-distributed.sh and kafka-run-class.sh
      return List.of(
          "-Xms256M",
          "-Xmx2G",
          "-XX:+UseG1GC",
          "-XX:MaxGCPauseMillis=20",
          "-XX:InitiatingHeapOccupancyPercent=35",
          "-XX:+ExplicitGCInvokesConcurrent",
          "-XX:MaxInlineLevel=15");
    }
  },
  MILLRACE("Millrace") {
    @Override
    List<String> arguments(Path root, Path settings) throws IOException {
      return List.of(
          "-cp",
          distribution(root).resolve("lib") + "/*",
          "dev.millrace.cli.Main",
          "worker",
          settings.toString());
    }
  },
  /** As its launcher starts it from the second time on: with what it knows of its own classes. */
  MILLRACE_CACHED("Millrace with the start cache") {
    private static final String CACHE = "start-cache";

    @Override
    void prepare(Place place) throws IOException, InterruptedException {
      var cache = Map.of("MILLRACE_CACHE", place.folder().resolve(CACHE).toString());
      Start.launcher(place.root(), place.folder(), cache, List.of("prepare"));
    }

    @Override
    List<String> arguments(Path root, Path settings) {
      return List.of("worker", settings.toString());
    }

    @Override
    JvmProcess launch(Place place, Path javaHome, List<String> flags, Path settings, Path output)
        throws IOException {
      List<String> command = new ArrayList<>();
      command.add(Starter.launcher(place.root()));
      command.addAll(arguments(place.root(), settings));
      return JvmProcess.start(
          command,
          Map.of(
              "MILLRACE_JAVA_HOME",
              javaHome.toString(),
              "MILLRACE_OPTS",
              String.join(" ", flags),
              "MILLRACE_CACHE",
              place.folder().resolve(CACHE).toString()),
          output);
    }
  };

  /** Those that are compared unless somebody asks for others. */
  static final List<Contestant> USUAL = List.of(KAFKA_CONNECT, MILLRACE);

  private final String title;

  Contestant(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }

  /** What its start script tells the JVM when the user says nothing. */
  List<String> ownFlags() {
    return List.of();
  }

  abstract List<String> arguments(Path root, Path settings) throws IOException;

  /** What has to be there before its first worker; may take a while. */
  void prepare(Place place) throws IOException, InterruptedException {}

  JvmProcess launch(Place place, Path javaHome, List<String> flags, Path settings, Path output)
      throws IOException {
    List<String> all = new ArrayList<>(flags);
    all.addAll(arguments(place.root(), settings));
    return JvmProcess.start(javaHome, all, output);
  }

  static Path distribution(Path root) throws IOException {
    try (var folders = Files.newDirectoryStream(root.resolve("dist/target"), "millrace-*")) {
      for (Path folder : folders) {
        if (Files.isDirectory(folder.resolve("lib"))) return folder;
      }
    }
    throw new IOException(
        "There is no distribution in dist/target; run without MILLRACE_SKIP_BUILD");
  }

  /**
   * Starts a worker and waits until it takes requests.
   *
   * @param flags of the JVM, the same for all
   * @param extra worker settings of the scenario
   */
  Worker start(Place place, List<String> flags, Map<String, String> extra)
      throws IOException, InterruptedException {
    return start(place, JvmProcess.javaHome(), flags, extra);
  }

  /** The same by another Java. */
  Worker start(Place place, Path javaHome, List<String> flags, Map<String, String> extra)
      throws IOException, InterruptedException {
    Worker worker = start(place, "worker", javaHome, flags, extra);
    worker.awaitReady();
    return worker;
  }

  /**
   * Starts one of several workers of a cluster; it may not take requests yet. One that is started
   * again under the same name is the same worker, at the same address.
   *
   * @param name of the worker, and of the folder for its settings and data
   */
  Worker start(Place place, String name, List<String> flags, Map<String, String> extra)
      throws IOException {
    return start(place, name, JvmProcess.javaHome(), flags, extra);
  }

  private Worker start(
      Place place, String name, Path javaHome, List<String> flags, Map<String, String> extra)
      throws IOException {
    Path own = place.folder().resolve(name().toLowerCase(Locale.ROOT)).resolve(name);
    Path file = own.resolve("worker.properties");
    int port = Files.exists(file) ? portIn(file) : place.freePort();
    Files.createDirectories(own);
    Map<String, String> settings = new TreeMap<>(settings(place, port));
    settings.put("millrace.data.dir", own.resolve("data").toString()); // others pass it over
    settings.putAll(extra);
    Files.writeString(file, properties(settings));
    Path logging = Files.writeString(own.resolve("log4j2.properties"), LOGGING);
    List<String> all = new ArrayList<>(flags);
    all.add("-Dlog4j2.configurationFile=" + logging);
    return new Worker(launch(place, javaHome, all, file, own.resolve("output.log")), port);
  }

  private static int portIn(Path settings) throws IOException {
    var values = new Properties();
    try (var in = Files.newBufferedReader(settings)) {
      values.load(in);
    }
    return URI.create(values.getProperty("listeners")).getPort();
  }

  Map<String, String> settings(Place place, int port) {
    String group = "bench-" + name().toLowerCase(Locale.ROOT);
    return Map.ofEntries(
        Map.entry("bootstrap.servers", place.bootstrapServers()),
        Map.entry("group.id", group),
        Map.entry("listeners", "http://127.0.0.1:" + port),
        Map.entry("plugin.path", place.pluginPath().toString()),
        Map.entry("plugin.discovery", "service_load"),
        Map.entry("key.converter", "org.apache.kafka.connect.json.JsonConverter"),
        Map.entry("value.converter", "org.apache.kafka.connect.json.JsonConverter"),
        Map.entry("config.storage.topic", group + "-configs"),
        Map.entry("config.storage.replication.factor", "1"),
        Map.entry("offset.storage.topic", group + "-offsets"),
        Map.entry("offset.storage.replication.factor", "1"),
        Map.entry("status.storage.topic", group + "-status"),
        Map.entry("status.storage.replication.factor", "1"));
  }

  static String properties(Map<String, String> settings) {
    return settings.entrySet().stream()
        .map(setting -> setting.getKey() + "=" + setting.getValue())
        .collect(Collectors.joining("\n", "", "\n"));
  }

  static final String LOGGING =
      """
      rootLogger.level=WARN
      rootLogger.appenderRef.console.ref=console
      appender.console.type=Console
      appender.console.name=console
      appender.console.layout.type=PatternLayout
      appender.console.layout.pattern=[%d] %p %m (%c)%n
      """;
}

package dev.millrace.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One way to start a worker. Those of the same folder are starts one after the other of the same
 * worker.
 *
 * @param folder for its settings and data
 * @param cache the folder of Millrace's start cache, or {@code off}
 */
record Starter(
    String title, Contestant who, String discovery, Place place, String folder, String cache) {

  private static final Duration DEADLINE = Duration.ofMinutes(5);
  private static final Duration REQUEST = Duration.ofSeconds(90);

  /** Answering is work too, which a worker that listens early has more of. */
  private static final Duration LOOK = Duration.ofMillis(50);

  private static final long TICKS_PER_SECOND = 100;

  /**
   * What a start took.
   *
   * @param seconds from the process's begin
   * @param cpuSeconds of all threads
   * @param megabytes resident at the end
   */
  record Figures(double seconds, double cpuSeconds, double megabytes) {}

  /** The ways, in the order of the table. */
  static List<Starter> all(Place place, Path cache) {
    List<Starter> all = new ArrayList<>();
    for (String discovery : List.of("hybrid_warn", "service_load")) {
      String folder = "reference-" + discovery;
      for (String turn : List.of("first", "second")) {
        String title = Contestant.KAFKA_CONNECT.title() + ", " + discovery + ", " + turn;
        all.add(new Starter(title, Contestant.KAFKA_CONNECT, discovery, place, folder, "off"));
      }
    }
    String title = Contestant.MILLRACE.title() + ", hybrid_warn, ";
    for (String turn : List.of("first", "second", "third, with the start cache")) {
      String from = turn.startsWith("third") ? cache.toString() : "off";
      all.add(
          new Starter(title + turn, Contestant.MILLRACE, "hybrid_warn", place, "millrace", from));
    }
    return all;
  }

  static String launcher(Path root) throws IOException {
    return Contestant.distribution(root).resolve("bin/millrace").toString();
  }

  /** Starts it, takes the figures, and stops it. */
  Figures measure() throws IOException, InterruptedException {
    Path own = Files.createDirectories(place.folder().resolve(folder));
    int port = place.freePort();
    Map<String, String> settings = new TreeMap<>(who.settings(place, port));
    settings.put("plugin.discovery", discovery);
    settings.put("group.id", folder);
    if (who == Contestant.MILLRACE)
      settings.put("millrace.data.dir", own.resolve("data").toString());
    for (String topic : List.of("config", "offset", "status")) {
      settings.put(topic + ".storage.topic", folder + "-" + topic);
    }
    Path file =
        Files.writeString(own.resolve("worker.properties"), Contestant.properties(settings));
    long begun = System.nanoTime();
    try (JvmProcess process = start(own, file)) {
      awaitReady(process, port);
      double seconds = (System.nanoTime() - begun) / 1e9;
      Path proc = Path.of("/proc", Long.toString(process.pid()));
      return new Figures(
          seconds,
          ticks(Files.readString(proc.resolve("stat"))) / (double) TICKS_PER_SECOND,
          Footprint.number(Files.readString(proc.resolve("status")), "VmRSS") / 1024.0);
    }
  }

  private JvmProcess start(Path own, Path settings) throws IOException {
    Path output = own.resolve("output.log");
    if (who == Contestant.MILLRACE) {
      return JvmProcess.start(
          List.of(launcher(place.root()), "worker", settings.toString()),
          Map.of(
              "MILLRACE_JAVA_HOME",
              JvmProcess.javaHome().toString(),
              "MILLRACE_OPTS",
              String.join(" ", Start.FLAGS),
              "MILLRACE_CACHE",
              cache),
          output);
    }
    Path logging = Files.writeString(own.resolve("log4j2.properties"), Contestant.LOGGING);
    List<String> arguments = new ArrayList<>(Start.FLAGS);
    arguments.add("-Dlog4j2.configurationFile=" + logging);
    arguments.addAll(who.arguments(place.root(), settings));
    return JvmProcess.start(arguments, output);
  }

  /** User and system time are the 14th and 15th field; the second, a name, may hold blanks. */
  static long ticks(String stat) {
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
  }

  private static void awaitReady(JvmProcess process, int port)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + DEADLINE.toNanos();
    try (HttpClient http = HttpClient.newHttpClient()) {
      while (!(answers(http, port, "health") && answers(http, port, "connectors"))) {
        if (!process.alive() || System.nanoTime() - end > 0) {
          throw new IOException("The worker does not answer:\n" + process.output());
        }
        Await.pass(LOOK);
      }
    }
  }

  private static boolean answers(HttpClient http, int port, String path)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/" + path))
            .timeout(REQUEST)
            .build();
    try {
      return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (java.net.ConnectException e) {
      return false;
    }
  }
}

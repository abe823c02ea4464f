package dev.millrace.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.util.concurrent.TimeUnit;

/** {@code bin/millrace …} of the built distribution, as a process of its own. */
final class MillraceProcess implements AutoCloseable {

  private static final Path HOME = Path.of(System.getProperty("millrace.home"));
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(30)).build();

  private final Process process;
  private final Path dataDir;
  private final Path output;

  private MillraceProcess(Process process, Path dataDir, Path output) {
    this.process = process;
    this.dataDir = dataDir;
    this.output = output;
  }

  /** {@code millrace run}; returns at once. */
  static MillraceProcess run(
      Path dataDir, Path topology, Map<String, String> environment, String... options) {
    var arguments = new ArrayList<>(List.of("run", topology.toString()));
    arguments.addAll(List.of("--data-dir", dataDir.toString()));
    arguments.addAll(List.of("--listen", "http://127.0.0.1:0"));
    arguments.addAll(List.of(options));
    return start(dataDir, environment, arguments);
  }

  /** {@code millrace run} without topologies: connectors come over REST. */
  static MillraceProcess runEmpty(Path dataDir) {
    return start(
        dataDir,
        Map.of(),
        List.of("run", "--data-dir", dataDir.toString(), "--listen", "http://127.0.0.1:0"));
  }

  static MillraceProcess start(
      Path dataDir, Map<String, String> environment, List<String> arguments) {
    return start(HOME, dataDir, environment, arguments);
  }

  /** As {@link #start(Path, Map, List)}, of another copy of the distribution. */
  static MillraceProcess start(
      Path home, Path dataDir, Map<String, String> environment, List<String> arguments) {
    try {
      Files.createDirectories(dataDir);
      Files.deleteIfExists(dataDir.resolve("rest.url"));
      Path output = dataDir.resolve("output.txt");
      // a build that runs in the background of a script ignores SIGINT, and hands that on
      var command = new ArrayList<>(List.of("env", "--default-signal=INT"));
      command.add(home.resolve("bin/millrace").toString());
      command.addAll(arguments);
      var builder =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
      builder.environment().put("MILLRACE_CACHE", "off");
      builder.environment().put("ROCKSDB_SHAREDLIB_DIR", dataDir.toString()); // it may be killed
      builder.environment().putAll(environment);
      builder
          .environment()
          .put("MILLRACE_OPTS", "-Xmx768m -XX:+UseSerialGC -XX:TieredStopAtLevel=1");
      return new MillraceProcess(builder.start(), dataDir, output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until REST answers. */
  MillraceProcess awaitReady() {
    Await.until(
        "REST answers, or it has ended",
        Await.LONG,
        () -> !process.isAlive() || status("/health") == 200,
        this::tail);
    if (!process.isAlive()) throw new AssertionError("it has ended:\n" + tail());
    return this;
  }

  URI rest() throws IOException {
    return URI.create(Files.readString(dataDir.resolve("rest.url")).strip());
  }

  int status(String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(rest().resolve(path)).GET()).statusCode();
  }

  JsonNode get(String path) throws IOException, InterruptedException {
    return JSON.readTree(send(HttpRequest.newBuilder(rest().resolve(path)).GET()).body());
  }

  HttpResponse<String> put(String path, Object body) throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(rest().resolve(path))
            .header("Content-Type", "application/json")
            .PUT(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body))));
  }

  HttpResponse<String> post(String path, Object body) throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(rest().resolve(path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body))));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return HTTP.send(
        request.timeout(Duration.ofMinutes(1)).build(), HttpResponse.BodyHandlers.ofString());
  }

  /** The state that REST tells of a connector, such as RUNNING; of its task 0 with {@code task}. */
  String state(String connector, boolean task) throws IOException, InterruptedException {
    var status = get("/connectors/" + connector + "/status");
    return task
        ? status.path("tasks").path(0).path("state").asText()
        : status.path("connector").path("state").asText();
  }

  boolean alive() {
    return process.isAlive();
  }

  /** The processes it has started, such as a database. */
  List<ProcessHandle> descendants() {
    return process.descendants().toList();
  }

  /** Sends a signal, such as INT for Ctrl-C, and returns at once. */
  void signal(String name) throws IOException, InterruptedException {
    var kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
    if (kill.waitFor() != 0) throw new IOException("kill -" + name + " failed");
  }

  /** kill -9; returns when it is gone. */
  void kill() {
    process.destroyForcibly();
    awaitExit();
  }

  /** SIGTERM; returns the exit code. */
  int stop() {
    process.destroy();
    return awaitExit();
  }

  int awaitExit() {
    try {
      if (!process.waitFor(Await.LONG.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("did not end within " + Await.LONG + ": " + tail());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  String output() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The last lines of output and log, for messages. */
  String tail() {
    var log = dataDir.resolve("logs/millrace.log");
    try {
      return lastLines(output) + (Files.exists(log) ? "\n--- log\n" + lastLines(log) : "");
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static String lastLines(Path file) throws IOException {
    var lines = Files.readAllLines(file);
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 30), lines.size()));
  }

  @Override
  public void close() {
    if (process.isAlive()) kill();
  }
}

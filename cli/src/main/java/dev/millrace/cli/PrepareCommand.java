package dev.millrace.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/**
 * {@code millrace prepare}: goes through a start in a folder of its own and without Kafka, so that
 * the JVM, as bin/millrace starts it, notes which classes a start needs.
 */
@Command(
    name = "prepare",
    mixinStandardHelpOptions = true,
    description =
        "Makes the start cache now; otherwise the first 'run' or 'demo' does, in the background.")
final class PrepareCommand implements Callable<Integer> {
  private static final Duration LOOK = Duration.ofMillis(50);
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  /** Nobody listens there. */
  private static final String NO_KAFKA = "127.0.0.1:1";

  private static final List<String> ASKED =
      List.of("/connectors", "/", "/connector-plugins", "/health", "/v1/topologies");

  private final Outside outside;

  PrepareCommand(Outside outside) {
    this.outside = outside;
  }

  @Override
  public Integer call() throws IOException {
    Path folder = Files.createTempDirectory("millrace-prepare");
    try {
      Stop stop = new Stop();
      var asking = Thread.ofPlatform().daemon().name("prepare").start(() -> ask(folder, stop));
      int code = run(folder, stop);
      asking.interrupt();
      return code;
    } finally {
      delete(folder);
    }
  }

  private int run(Path folder, Stop stop) {
    var inner =
        new Outside(
            outside.out(),
            outside.err(),
            false,
            outside.environment(),
            folder,
            outside.homeText(),
            stop);
    return Main.commandLine(inner)
        .execute(
            "run",
            "--data-dir",
            folder.resolve("data").toString(),
            "--bootstrap-servers",
            NO_KAFKA,
            "--listen",
            "http://127.0.0.1:0");
  }

  /** Asks what a user asks first, then ends the run; it ends it in any case. */
  private void ask(Path folder, Stop stop) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      String base = address(folder.resolve("data"));
      for (String path : ASKED) {
        var request = HttpRequest.newBuilder(URI.create(base + path)).timeout(DEADLINE).build();
        var unused = client.send(request, HttpResponse.BodyHandlers.discarding());
      }
    } catch (IOException e) {
      outside.err().println("error: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      stop.ask();
    }
  }

  private static String address(Path dataDir) throws IOException, InterruptedException {
    long begun = System.nanoTime();
    while (System.nanoTime() - begun < DEADLINE.toNanos()) {
      Optional<String> found =
          Addresses.find(List.of(dataDir), Addresses.REST).filter(a -> !a.isEmpty());
      if (found.isPresent()) return found.get();
      Thread.sleep(LOOK);
    }
    throw new IOException("The worker was not ready within " + DEADLINE.toSeconds() + " s.");
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      all.sorted(Comparator.reverseOrder()).forEach(PrepareCommand::deleteOne);
    }
  }

  private static void deleteOne(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package dev.millrace.e2e.cluster;

import dev.millrace.e2e.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;

/** One worker as a process that can be killed, suspended and started again. */
final class WorkerProcess implements AutoCloseable {

  private final Path folder;
  private final String name;
  private final Map<String, String> settings;
  private Process process;
  private boolean suspended;

  /** A worker that runs as soon as {@link #start} is called. */
  WorkerProcess(Path folder, String name, Map<String, String> settings) {
    this.folder = folder;
    this.name = name;
    this.settings = settings;
  }

  void start() {
    try {
      Files.deleteIfExists(url());
      String text =
          settings.entrySet().stream()
              .map(e -> e.getKey() + "=" + e.getValue() + "\n")
              .collect(Collectors.joining());
      var file = Files.writeString(folder.resolve(name + ".properties"), text);
      String path =
          System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
      process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx256m",
                  "-XX:+UseSerialGC",
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  path,
                  WorkerMain.class.getName(),
                  file.toString(),
                  url().toString())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path url() {
    return folder.resolve(name + ".url");
  }

  private Path log() {
    return folder.resolve(name + ".log");
  }

  /** Its address, once it serves. */
  URI address() {
    Await.until(
        name + " serves",
        Await.LONG,
        () -> {
          if (!process.isAlive()) throw new IllegalStateException(name + " has ended");
          return Files.exists(url());
        },
        this::tail);
    try {
      return URI.create(Files.readString(url()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean isUp() {
    return process != null && process.isAlive();
  }

  boolean isSuspended() {
    return suspended;
  }

  /** The last of what it has logged. */
  String tail() {
    try {
      var lines = Files.readAllLines(log());
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** kill -9; returns when it is gone. */
  void kill() {
    process.destroyForcibly();
    awaitEnd();
  }

  /** SIGTERM; returns when it is gone. */
  void stop() {
    process.destroy();
    awaitEnd();
  }

  private void awaitEnd() {
    Await.until(name + " is gone", Await.LONG, () -> !process.isAlive(), this::tail);
  }

  /** SIGSTOP: nothing of it runs, until it is woken. Those who want its locks may know. */
  void suspend() {
    try {
      Files.writeString(frozen(), "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    signal("STOP");
    suspended = true;
  }

  /** SIGCONT. */
  void wake() {
    signal("CONT");
    suspended = false;
  }

  /** From now on it has to know that it is out. */
  void forgetSuspension() {
    try {
      Files.deleteIfExists(frozen());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path frozen() {
    return folder.resolve("frozen-" + process.pid());
  }

  private void signal(String signal) {
    try {
      var kill = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start();
      if (kill.waitFor() != 0) throw new IllegalStateException("kill -" + signal + " " + name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    if (isUp()) kill();
  }
}

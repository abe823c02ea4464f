package dev.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Nothing is left of a measurement, also of one that was killed. */
class GuardTest {

  private static final Duration MOST = Duration.ofSeconds(60);

  @Test
  void aFolderIsGoneWhenItIsClosed() throws IOException {
    Path path;
    try (Guard.Folder folder = Guard.Folder.create()) {
      path = folder.path();
      Files.writeString(path.resolve("data"), "data");
    }
    assertThat(path).doesNotExist();
  }

  @Test
  void whatAKilledMeasurementStartedEndsAndItsFolderGoes()
      throws IOException, InterruptedException {
    Process measurement =
        new ProcessBuilder(
                JvmProcess.javaHome().resolve("bin/java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Measurement.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var lines = measurement.inputReader()) {
      Path folder = Path.of(lines.readLine());
      ProcessHandle worker = ProcessHandle.of(Long.parseLong(lines.readLine())).orElseThrow();
      assertThat(folder).exists();
      measurement.destroyForcibly().waitFor();
      Await.until("the worker has ended", MOST, () -> !worker.isAlive());
      Await.until("the folder is gone", MOST, () -> Files.notExists(folder));
    }
  }

  /** A measurement that takes long. */
  static final class Measurement {
    private Measurement() {}

    /** Says its folder and the process that it has started, and waits. */
    public static void main(String[] arguments) throws IOException {
      Guard.Folder folder = Guard.Folder.create();
      Path output = folder.path().resolve("output.log");
      JvmProcess worker = JvmProcess.start(List.of("sleep", "600"), Map.of(), output);
      System.out.println(folder.path());
      System.out.println(worker.pid());
      System.in.read();
    }
  }
}

package dev.millrace.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Programs are started as soon as nobody has them open for writing. */
@EnabledOnOs(OS.LINUX)
class ProgramsTest {
  @TempDir Path folder;

  @Test
  void aProgramThatIsBusyIsWaitedFor() throws Exception {
    Path program = Files.copy(Path.of("/bin/true"), folder.resolve("program"));
    assertThat(program.toFile().setExecutable(true)).isTrue();
    ProcessBuilder builder = new ProcessBuilder(program.toString());
    CompletableFuture<Process> started = new CompletableFuture<>();
    try (OutputStream writer = Files.newOutputStream(program, StandardOpenOption.APPEND)) {
      assertThatThrownBy(builder::start).hasMessageContaining("26");
      Thread.ofVirtual().start(() -> start(builder, started));
      assertThat(started).isNotDone();
      writer.flush();
    }
    assertThat(started.get(1, TimeUnit.MINUTES).waitFor()).isZero();
  }

  private static void start(ProcessBuilder builder, CompletableFuture<Process> started) {
    try {
      started.complete(Programs.start(builder));
    } catch (IOException e) {
      started.completeExceptionally(e);
    }
  }

  @Test
  void aProgramThatIsNotThereIsAnErrorAtOnce() {
    ProcessBuilder builder = new ProcessBuilder(folder.resolve("none").toString());
    assertThatThrownBy(() -> Programs.start(builder))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("none");
  }
}

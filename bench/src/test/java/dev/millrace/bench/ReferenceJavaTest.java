package dev.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which Java runs whom, and that tables say so. */
class ReferenceJavaTest {

  @TempDir private Path home;

  @Test
  void anotherJavaRunsTheReferenceOnlyAndIsNamed() throws IOException {
    Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"X\"\nJAVA_VERSION=\"17.0.9\"\n");
    ReferenceJava java = ReferenceJava.in(home);
    assertThat(java.title(Runner.REFERENCE)).endsWith("Connect 4.3.1, by Java 17.0.9");
    assertThat(java.title(Runner.MILLRACE)).isEqualTo("Millrace");
    assertThat(java.home(Runner.TUNED)).isEqualTo(home);
    assertThat(java.home(Runner.MILLRACE)).isEqualTo(JvmProcess.javaHome());
    assertThat(ReferenceJava.ours().title(Runner.REFERENCE)).isEqualTo(Runner.REFERENCE.title());
    assertThatThrownBy(() -> ReferenceJava.in(home.resolve("none")))
        .isInstanceOf(IOException.class);
  }

  /** Class files of Java 17 have version 61. */
  @Test
  void pluginsAreForTheOldestJavaOfTheReference() throws IOException {
    try (var file =
        ReferenceJava.class.getResourceAsStream("plugin/CountingSink$CountingTask.class")) {
      assertThat(file.readNBytes(8)).endsWith((byte) 0, (byte) 61);
    }
  }
}

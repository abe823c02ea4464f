package dev.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.bench.plugin.Marks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is counted as the task's. */
class MarksTest {
  private static final int MEGABYTE = 1 << 20;
  private static final int MEGABYTES = 64;

  @TempDir private Path folder;
  private volatile byte[] kept = new byte[0];

  private Thread allocating(String name, CountDownLatch done, CountDownLatch end) {
    return Thread.ofPlatform()
        .name(name)
        .start(
            () -> {
              for (int i = 0; i < MEGABYTES; i++) kept = new byte[MEGABYTE];
              done.countDown();
              try {
                end.await();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            });
  }

  @Test
  void allThreadsOfTheTaskCountAlsoThoseThatHaveEnded() throws Exception {
    Path file = folder.resolve("marks");
    Marks marks =
        new Marks(Map.of("marks.file", file.toString(), "marks.at", "0,40000"), "connector");
    marks.passed(0);
    CountDownLatch done = new CountDownLatch(3);
    CountDownLatch end = new CountDownLatch(1);
    List<Thread> threads =
        List.of(
            allocating("task-thread-connector-0", done, end),
            allocating("task-ahead-connector-0", done, end),
            allocating("task-thread-other-0", done, end));
    done.await();
    marks.passed(20_000);
    end.countDown();
    for (Thread thread : threads) thread.join();
    marks.passed(40_000);
    assertThat(allocated(file, 1) - allocated(file, 0))
        .isBetween(2L * MEGABYTES * MEGABYTE, 3L * MEGABYTES * MEGABYTE - 1);
    assertThat(kept).isNotEmpty();
  }

  private static long allocated(Path file, int line) throws IOException {
    return Long.parseLong(List.of(Files.readAllLines(file).get(line).split(" ")).get(5));
  }
}

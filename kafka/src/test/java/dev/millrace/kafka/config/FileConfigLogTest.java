package dev.millrace.kafka.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.millrace.model.Fact;
import dev.millrace.model.TargetState;
import dev.millrace.model.control.Event;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileConfigLogTest {

  private static final List<Fact> BATCH =
      List.of(
          new Fact.Configured("src", Map.of("name", "src")),
          new Fact.TasksComputed("src", List.of(Map.of("n", "0"), Map.of("n", "1"))));

  @TempDir Path folder;

  @Test
  void whatWasAppendedIsReadAgainByTheNextWorker() throws Exception {
    var first = new Opened(file());
    first.log.append(first.claim(), 1, BATCH);
    assertThat(first.next()).isEqualTo(new Event.FactRead(0, BATCH.get(0)));
    assertThat(first.next()).isEqualTo(new Event.FactRead(3, BATCH.get(1)));
    assertThat(first.next()).isEqualTo(new Event.Appended(1, 3));
    first.log.close();

    var second = new Opened(file());
    assertThat(second.before)
        .containsExactly(new Event.FactRead(0, BATCH.get(0)), new Event.FactRead(3, BATCH.get(1)));
    second.log.close();
  }

  @Test
  void anAppendUnderAnOlderClaimIsShutOut() throws Exception {
    var opened = new Opened(file());
    int old = opened.claim();
    int current = opened.claim();
    opened.log.append(old, 1, BATCH);
    opened.log.append(current, 2, List.of(new Fact.Deleted("x")));
    assertThat(opened.next()).isEqualTo(new Event.FactRead(0, new Fact.Deleted("x")));
    assertThat(opened.next()).isInstanceOf(Event.FactRead.class); // its target state
    assertThat(opened.next()).isInstanceOf(Event.FactRead.class); // and tasks are taken back
    assertThat(opened.next()).isEqualTo(new Event.Appended(2, 2));
    opened.log.close();
  }

  @Test
  void anUnfinishedWriteIsDroppedAsAWhole() throws Exception {
    var opened = new Opened(file());
    opened.log.append(opened.claim(), 1, BATCH);
    opened.log.close();
    Files.writeString(file(), "[[\"connector-b\",\"{\\\"prop", StandardOpenOption.APPEND);

    var again = new Opened(file());
    assertThat(again.before).hasSize(2);
    again.log.append(again.claim(), 2, List.of(new Fact.Retargeted("src", TargetState.PAUSED)));
    assertThat(again.next()).isInstanceOf(Event.FactRead.class);
    again.log.close();
    var last = new Opened(file());
    assertThat(last.before).hasSize(3);
    last.log.close();
  }

  @Test
  void aDamagedLineIsNamedAndNothingIsOverwritten() throws Exception {
    Files.writeString(file(), "[]\nnot json\n[]\n");
    var failures = new LinkedBlockingQueue<Throwable>();
    var log = new FileConfigLog(file(), "m");
    log.start(event -> {}, failures::add);
    var failure = failures.poll(2, TimeUnit.MINUTES);
    log.close();
    assertThat(failure).hasMessageContaining("line 2").hasMessageContaining(file().toString());
    assertThat(Files.readString(file())).isEqualTo("[]\nnot json\n[]\n");
  }

  /** The limit on the size of files stands for a disk that is full; Linux has it. */
  @Test
  void aFullDiskIsToldAndWrittenAgainOnceItIsFreed() throws Exception {
    var opened = new Opened(file());
    opened.log.append(opened.claim(), 1, BATCH);
    for (int i = 0; i < 3; i++) opened.next();
    long whole = Files.size(file());
    limitFiles(String.valueOf(whole + 10));
    try {
      for (int i = 2; i < 4; i++) {
        opened.log.append(1, i, List.of(new Fact.Configured("b", Map.of("name", "b"))));
        assertThat(opened.next())
            .asInstanceOf(type(Event.WriteRefused.class))
            .extracting(refused -> refused.why().message())
            .asString()
            .contains(file().toString())
            .contains("cannot be written");
        assertThat(opened.next()).isEqualTo(new Event.AppendFailed(i, true, Map.of()));
        assertThat(Files.size(file())).isEqualTo(whole);
      }
      assertThat(opened.log.blocked()).contains("its disk has room");
    } finally {
      limitFiles("unlimited");
    }
    var later = new Fact.Configured("c", Map.of("name", "c"));
    opened.log.append(1, 4, List.of(later));
    assertThat(opened.next()).isEqualTo(new Event.FactRead(4, later));
    assertThat(opened.next()).isEqualTo(new Event.Appended(4, 4));
    assertThat(opened.log.blocked()).isEmpty();
    opened.log.close();
    var again = new Opened(file());
    assertThat(again.before).hasSize(3).contains(new Event.FactRead(4, later));
    again.log.close();
  }

  /** Of this process, until it is set again. */
  private static void limitFiles(String bytes) throws Exception {
    String self = String.valueOf(ProcessHandle.current().pid());
    var command = List.of("prlimit", "--pid", self, "--fsize=" + bytes + ":");
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue())
        .as(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .isZero();
  }

  @Test
  void twoWorkersNeverShareAFile() throws Exception {
    var first = new Opened(file());
    System.gc(); // takes locks away that nobody refers to
    var failures = new LinkedBlockingQueue<Throwable>();
    var second = new FileConfigLog(file(), "m");
    second.start(event -> {}, failures::add);
    assertThat(failures.poll(2, TimeUnit.MINUTES)).hasMessageContaining("another worker uses it");
    second.close();
    first.log.close();
  }

  @Test
  void anotherProcessIsKeptOutToo() throws Exception {
    var first = new Opened(file());
    assertThat(lockOfAnotherProcess()).isEqualTo("null");
    first.log.close();
    assertThat(lockOfAnotherProcess()).startsWith("sun.nio.ch.FileLockImpl");
  }

  private String lockOfAnotherProcess() throws Exception {
    var program =
        Files.writeString(
            folder.resolve("Locker.java"),
            """
            import java.nio.channels.FileChannel;
            import java.nio.file.Path;
            import java.nio.file.StandardOpenOption;

            class Locker {
              public static void main(String[] arguments) throws Exception {
                var channel = FileChannel.open(Path.of(arguments[0]), StandardOpenOption.WRITE);
                System.out.print(channel.tryLock());
              }
            }
            """);
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var command = List.of(java, program.toString(), file().toString());
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    return said;
  }

  private Path file() {
    return folder.resolve("config.log");
  }

  /** A log that has been read to its end. */
  private static final class Opened {
    final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    final List<Event> before = new ArrayList<>();
    final FileConfigLog log;

    Opened(Path file) throws InterruptedException, IOException {
      log = new FileConfigLog(file, "m");
      log.start(events::add, error -> {});
      for (var event = next(); !(event instanceof Event.Joined); event = next()) before.add(event);
    }

    Event next() throws InterruptedException {
      var event = events.poll(2, TimeUnit.MINUTES);
      assertThat(event).as("an event").isNotNull();
      return event;
    }

    int claim() throws InterruptedException {
      log.claim(1);
      return ((Event.Claimed) next()).claim();
    }
  }
}

package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.worker.WorkerSettings;
import dev.millrace.worker.keys.WorkerMode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The settings of a worker that is alone, by files that may be meant for others. */
final class WorkerOptionsTest {
  @TempDir private Path home;

  @Test
  void aFileOfADistributedWorkerIsNoReasonToJoinItsGroup() throws IOException {
    WorkerOptions options =
        with(
            """
            group.id=production
            config.storage.topic=production-configs
            offset.storage.topic=production-offsets
            status.storage.topic=production-statuses
            offset.storage.replication.factor=1
            security.protocol=SSL
            """);
    WorkerSettings settings = settings(options);
    assertThat(settings.mode()).isEqualTo(WorkerMode.ALONE);
    assertThat(settings.groupId()).isEqualTo("millrace");
    assertThat(settings.offsetTopic()).isEqualTo("millrace-offsets");
    assertThat(settings.originals()).containsEntry("security.protocol", "SSL");
    assertThat(options.remark())
        .contains(
            "This worker runs alone: config.storage.topic, group.id,"
                + " offset.storage.replication.factor, offset.storage.topic, status.storage.topic"
                + " of %s are not used.".formatted(home.resolve("worker.properties")));
  }

  @Test
  void aFileOfAStandaloneWorkerLeavesExactlyOnceOn() throws IOException {
    WorkerOptions options = with("offset.storage.file.filename=offsets\n");
    assertThat(settings(options).mode()).isEqualTo(WorkerMode.ALONE);
    assertThat(settings(options).exactlyOnceSources()).isTrue();
    assertThat(options.remark()).get().asString().contains("offset.storage.file.filename");
  }

  @Test
  void whatIsMeantForThisWorkerCounts() throws IOException {
    WorkerOptions options = with("group.id=mine\noffset.storage.topic=my-offsets\n");
    assertThat(settings(options).groupId()).isEqualTo("mine");
    assertThat(settings(options).offsetTopic()).isEqualTo("my-offsets");
    assertThat(options.remark()).isEmpty();
    String file = "group.id=production\nconfig.storage.topic=production-configs\n";
    assertThat(settings(with(file, "--config", "group.id=mine")).groupId()).isEqualTo("mine");
    assertThat(settings(new WorkerOptions()).groupId()).isEqualTo("millrace");
  }

  private WorkerOptions with(String text, String... more) throws IOException {
    Path file = Files.writeString(home.resolve("worker.properties"), text);
    String[] arguments =
        Stream.concat(Stream.of("--worker-config", file.toString()), Stream.of(more))
            .toArray(String[]::new);
    return CommandLine.populateCommand(new WorkerOptions(), arguments);
  }

  private WorkerSettings settings(WorkerOptions options) {
    var nowhere = new PrintStream(PrintStream.nullOutputStream(), true, StandardCharsets.UTF_8);
    var outside = new Outside(nowhere, nowhere, false, Map.of(), home, "", new Stop());
    return options.settings(outside, home, "127.0.0.1:1");
  }
}

package dev.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kafka's file connectors, unmodified: docs/connectors/file.md. */
@Tag("third-party")
class ThirdPartyFileStreamIT {
  @TempDir Path folder;

  @Test
  void linesGoFromFileToFile() throws Exception {
    String plugins = ThirdParty.installed(Path.of("file"), "org.apache.kafka:connect-file:4.3.1");
    Path in = Files.write(folder.resolve("in.txt"), lines(0, 1_000));
    Path out = folder.resolve("out.txt");
    var environment = Map.of("FILE_IN", in.toString(), "FILE_OUT", out.toString());
    var connectors = ThirdParty.documented("file.md");
    Path dataDir = folder.resolve("data");
    try (var worker = ThirdParty.worker(dataDir, plugins, environment)) {
      ThirdParty.create(worker, connectors, "lines-in", "lines-out");
      awaitLines(out, 1_000, worker);
      worker.kill();
    }
    Files.write(in, lines(1_000, 1_500), StandardOpenOption.APPEND);
    try (var worker = ThirdParty.worker(dataDir, plugins, environment)) {
      awaitLines(out, 1_500, worker);
      assertThat(Files.readAllLines(out).stream().distinct().toList())
          .containsExactlyInAnyOrderElementsOf(lines(0, 1_500));
      ThirdParty.create(worker, ThirdParty.documented("transformations.md"), "lines-wrapped");
      String kafka = ThirdParty.kafkaOf(dataDir);
      Await.until(
          "all lines, wrapped",
          Await.LONG,
          () -> ThirdParty.values(kafka, "wrapped").contains("{\"line\":\"line 1499\"}"),
          worker::tail);
      assertThat(worker.stop()).isIn(0, 143);
    }
  }

  private static List<String> lines(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "line " + i).toList();
  }

  private static void awaitLines(Path out, int count, MillraceProcess worker) {
    Await.until(
        count + " lines",
        Await.LONG,
        () -> Files.readAllLines(out).stream().distinct().count() >= count,
        worker::tail);
  }
}

package dev.millrace.reference;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Millrace answers as Apache Kafka Connect does, except for what docs/rest.md lists. */
class RestConformanceIT {

  @TempDir Path folder;

  @Test
  void answersAsTheReferenceDoes() throws Exception {
    Files.writeString(folder.resolve("lines.txt"), "one\ntwo\nthree\n");
    try (var servers = new ConformanceServers(folder)) {
      var alone = compared(servers.standalone(), "requests-standalone.http");
      var distributed = compared(servers.pair(), "requests.http");
      mustBeExplained(alone);
      mustBeExplained(distributed);
    }
  }

  /** What both have answered; the differences are also written to a file. */
  private List<Pair.Outcome> compared(Pair pair, String file) throws IOException {
    var outcomes = exchanges(folder, file).stream().map(pair::send).toList();
    var lines = outcomes.stream().filter(o -> !o.same()).map(Pair.Outcome::toString).toList();
    var head = "%d requests, %d answers differ".formatted(outcomes.size(), lines.size());
    Files.writeString(
        Path.of("target", file.replace(".http", "-compared.txt")),
        head + "\n\n" + String.join("\n\n", lines));
    return outcomes;
  }

  private static void mustBeExplained(List<Pair.Outcome> outcomes) {
    assertThat(outcomes)
        .filteredOn(o -> !o.same() && o.exchange().differs().isEmpty())
        .as("Answers that differ without a reason")
        .isEmpty();
    assertThat(outcomes)
        .filteredOn(o -> o.same() && o.exchange().differs().isPresent())
        .as("Answers that do not differ any more")
        .isEmpty();
  }

  static List<Exchange> exchanges(Path folder, String file) {
    try (var in = RestConformanceIT.class.getResourceAsStream("/reference/" + file)) {
      var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return Exchange.parse(text.replace("${FOLDER}", folder.toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

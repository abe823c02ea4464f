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
      var pair = servers.pair();
      var outcomes = exchanges(folder).stream().map(pair::send).toList();
      report(outcomes);
      assertThat(outcomes)
          .filteredOn(o -> !o.same() && o.exchange().differs().isEmpty())
          .as("Answers that differ without a reason")
          .isEmpty();
      assertThat(outcomes)
          .filteredOn(o -> o.same() && o.exchange().differs().isPresent())
          .as("Answers that do not differ any more")
          .isEmpty();
    }
  }

  private static void report(List<Pair.Outcome> outcomes) throws IOException {
    var lines = outcomes.stream().filter(o -> !o.same()).map(Pair.Outcome::toString).toList();
    var head = "%d requests, %d answers differ".formatted(outcomes.size(), lines.size());
    Files.writeString(
        Path.of("target", "conformance.txt"), head + "\n\n" + String.join("\n\n", lines));
  }

  static List<Exchange> exchanges(Path folder) {
    try (var in = RestConformanceIT.class.getResourceAsStream("/reference/requests.http")) {
      var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return Exchange.parse(text.replace("${FOLDER}", folder.toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

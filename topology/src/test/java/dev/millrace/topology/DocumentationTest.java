package dev.millrace.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The samples of {@code docs/topology.md} are free of problems, and its numbers are the code's. */
class DocumentationTest {
  private static final Pattern SAMPLE = Pattern.compile("(?ms)^```yaml\n(.*?)^```");

  @Test
  void samplesAreRight() throws IOException {
    List<String> samples = new ArrayList<>();
    Matcher matcher = SAMPLE.matcher(page());
    while (matcher.find()) {
      samples.add(matcher.group(1));
    }
    assertThat(samples).hasSize(4);
    for (String sample : samples) {
      Parsed parsed = Topologies.parse("sample.yaml", sample);
      assertThat(Lint.lint(List.of(parsed), TestConnectors.INSTANCE, StageChecker.NONE)).isEmpty();
      assertThat(Compiler.compile(parsed.topology().orElseThrow(), TestConnectors.INSTANCE))
          .isNotEmpty();
    }
  }

  @Test
  void namesAllKeysAndLimits() throws IOException {
    assertThat(page())
        .contains(TopologyParser.KEYS.stream().map("`%s`"::formatted).toList())
        .contains(FriendlyKeys.ALL)
        .contains("at most %,d characters".formatted(1024 * 1024))
        .contains(TopologyParser.MAX_STAGES + " stages")
        .contains("at most " + StageParser.MAX_INPUTS + " others");
  }

  private static String page() throws IOException {
    return Files.readString(Repository.root().resolve("docs/topology.md"));
  }
}

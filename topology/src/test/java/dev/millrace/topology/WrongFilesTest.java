package dev.millrace.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The table of wrong files and the exact messages: {@code wrong-files.txt} holds cases of a title,
 * a file (or several, parted by {@code ++}) and what the linter says.
 */
class WrongFilesTest {
  private record Case(String title, List<String> files, List<String> expected) {}

  @TestFactory
  List<DynamicTest> wrongFiles() {
    return cases().stream()
        .map(c -> dynamicTest(c.title(), () -> assertThat(lint(c)).isEqualTo(c.expected())))
        .toList();
  }

  @Test
  void theTableIsLarge() {
    assertThat(cases()).hasSizeGreaterThanOrEqualTo(60);
    assertThat(cases().stream().map(Case::title)).doesNotHaveDuplicates();
  }

  private static List<String> lint(Case wrong) {
    List<Parsed> parsed = new ArrayList<>();
    for (String text : wrong.files()) {
      parsed.add(Topologies.parse((char) ('a' + parsed.size()) + ".yaml", text));
    }
    return Lint.lint(parsed, TestConnectors.INSTANCE, TestConnectors.INSTANCE).stream()
        .map(Problem::toString)
        .toList();
  }

  private static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (String part : resource().split("(?m)^=== ", -1)) {
      if (part.startsWith("#")) {
        continue;
      }
      int titleEnd = part.indexOf('\n');
      int fileEnd = part.indexOf("\n---\n") + 1;
      String files =
          part.substring(titleEnd + 1, fileEnd).replace("⇥", "\t").replace("␀", "\u0001");
      String expected = part.substring(fileEnd + 4).strip();
      cases.add(
          new Case(
              part.substring(0, titleEnd),
              List.of(files.split("(?m)^\\+\\+\n", -1)),
              expected.isEmpty() ? List.of() : expected.lines().toList()));
    }
    return cases;
  }

  private static String resource() {
    try (InputStream in = WrongFilesTest.class.getResourceAsStream("wrong-files.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package dev.millrace.structure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every rule of docs/semantics.md is carried by a test, and no test carries an unknown rule. */
final class SemanticsTest {
  private static final Pattern ROW = Pattern.compile("(?m)^\\| (\\d+\\.\\d+) \\|");
  private static final Pattern NAMED = Pattern.compile("§(\\d+\\.\\d+)");
  private static final Pattern DISPLAY_NAME =
      Pattern.compile("@DisplayName\\(\\s*\"((?:[^\"\\\\]|\\\\.)*)\"");

  private final Repository repository = Repository.here();

  @Test
  void everyRuleHasATest() {
    assertThat(rules())
        .as("Rules of docs/semantics.md, against those in @DisplayName(\"§4.3 …\") of tests")
        .isEqualTo(carried());
  }

  private Set<String> rules() {
    Set<String> found = new TreeSet<>();
    var row = ROW.matcher(repository.read("docs/semantics.md"));
    while (row.find()) {
      assertThat(found.add(row.group(1))).as("Rule %s is there once", row.group(1)).isTrue();
    }
    return found;
  }

  private Set<String> carried() {
    Set<String> found = new TreeSet<>();
    for (String file : repository.filesEndingIn(".java")) {
      if (file.contains("src/test/")) {
        var name = DISPLAY_NAME.matcher(repository.read(file));
        while (name.find()) {
          var rule = NAMED.matcher(name.group(1));
          while (rule.find()) {
            found.add(rule.group(1));
          }
        }
      }
    }
    return found;
  }
}

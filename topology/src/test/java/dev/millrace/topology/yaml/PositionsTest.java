package dev.millrace.topology.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Every word of a value is found again in the file, whatever way the value was written. */
class PositionsTest {

  /** What stands between two words. */
  enum Gap {
    SPACE(" "),
    SPACES("   "),
    LINE("\n"),
    INDENTED("\n  "),
    EMPTY_LINE("\n\n");

    private final String text;

    Gap(String text) {
      this.text = text;
    }
  }

  /** Words that quoting and escaping make longer or shorter. */
  enum Word {
    NAME("name%d"),
    QUOTED("\"q%d\""),
    TEXT("'t%d'"),
    WIDE("\uD83D\uDE00w%d"),
    BACKSLASH("\\b%d"),
    SIGN("<=%d");

    private final String format;

    Word(String format) {
      this.format = format;
    }
  }

  @Property
  void literal(@ForAll @Size(min = 1, max = 12) List<Word> words, @ForAll List<Gap> gaps) {
    String value = value(words, gaps);
    check("sql: |\n    " + value.replace("\n", "\n    "), words);
    check("a: 1\nsql:   |- # note\n  " + value.replace("\n", "\r\n  "), words);
  }

  @Property
  void folded(@ForAll @Size(min = 1, max = 12) List<Word> words, @ForAll List<Gap> gaps) {
    check("sql: >-\n    " + value(words, gaps).replace("\n", "\n    "), words);
  }

  @Property
  void plain(@ForAll @Size(min = 1, max = 12) List<Word> words, @ForAll List<Gap> gaps) {
    check("sql: x" + value(words, gaps).replace("\n", "\n   "), words);
  }

  @Property
  void singleQuoted(@ForAll @Size(min = 1, max = 12) List<Word> words, @ForAll List<Gap> gaps) {
    String quoted = value(words, gaps).replace("'", "''").replace("\n", "\n   ");
    check("sql: '" + quoted + "'", words);
  }

  @Property
  void doubleQuoted(@ForAll @Size(min = 1, max = 12) List<Word> words, @ForAll List<Gap> gaps) {
    String quoted = value(words, gaps).replace("\\", "\\\\").replace("\"", "\\\"");
    check("sql: \"" + quoted.replace("\n", "\\n") + "\"", words);
    check("sql: \"" + quoted.replace("\n", "\\n\\\n   ") + "\"", words);
    check("sql: \"" + quoted.replace("\n", "\n   ").replace("<", "\\u003c") + "\"", words);
  }

  @Test
  void aPlaceOutsideTheValueIsItsEnd() {
    YamlScalar scalar = scalar("sql: abc");
    assertThat(scalar.position(1, 4)).isEqualTo(new Position(1, 9));
    assertThat(scalar.position(7, 99)).isEqualTo(new Position(1, 9));
    assertThat(scalar.position(0, 0)).isEqualTo(new Position(1, 6));
  }

  private static String value(List<Word> words, List<Gap> gaps) {
    StringBuilder value = new StringBuilder();
    for (int i = 0; i < words.size(); i++) {
      if (i > 0) {
        value.append(gaps.isEmpty() ? " " : gaps.get(i % gaps.size()).text);
      }
      value.append(words.get(i).format.formatted(i));
    }
    return value.toString();
  }

  private static void check(String file, List<Word> words) {
    YamlScalar scalar = scalar(file);
    String text = scalar.text();
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i).format.formatted(i);
      int at = text.indexOf(word);
      assertThat(at).as("%s in %s", word, text).isNotNegative();
      int line = (int) text.substring(0, at).chars().filter(c -> c == '\n').count() + 1;
      Position position = scalar.position(line, at - text.lastIndexOf('\n', at));
      assertThat(at(file, position))
          .as("%s at %s in %s", word, position, file)
          .startsWith(escaped(word, at(file, position)));
    }
  }

  /**
   * The word as the file spells it there: with its first character escaped or doubled, or as is.
   */
  private static String escaped(String word, String there) {
    List<String> spellings = new ArrayList<>(List.of("'" + word, "\\" + word));
    spellings.add(word.replace("\"", "\\\""));
    spellings.add("'" + word.replace("'", "''").substring(1));
    spellings.add(word.replace("<", "\\u003c"));
    return spellings.stream().filter(there::startsWith).findFirst().orElse(word);
  }

  private static String at(String file, Position position) {
    String line = file.split("\r?\n", -1)[position.line() - 1];
    return line.substring(line.offsetByCodePoints(0, position.column() - 1));
  }

  private static YamlScalar scalar(String file) {
    YamlFile yaml = YamlReader.read(file);
    assertThat(yaml.problems()).isEmpty();
    YamlMap map = (YamlMap) yaml.root().orElseThrow();
    return (YamlScalar) map.entry("sql").orElseThrow().value();
  }
}

package dev.millrace.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.NumericChars;
import net.jqwik.api.constraints.StringLength;

class TopologyPropertiesTest {

  @Property
  void noTextMakesItThrow(@ForAll String text) {
    lint(text);
    lint("topology: t\nsources:\n  a: " + text);
    lint("topology: t\nprocessors:\n  a:\n    sql: |\n      " + text);
  }

  @Property
  void noTextOfYamlPiecesMakesItThrow(@ForAll("yamlPieces") String text) {
    lint(text);
    lint("topology: t\nsources:\n  a:\n    connector: files\n    " + text);
  }

  @Provide
  Arbitrary<String> yamlPieces() {
    return Arbitraries.of(
            "a",
            "b: ",
            "- ",
            "\n",
            "\n  ",
            "\n    ",
            "[",
            "]",
            "{",
            "}",
            ", ",
            ": ",
            "'",
            "\"",
            "&x ",
            "*x",
            "!!str ",
            "!",
            "|\n",
            ">-\n",
            "? ",
            "# c",
            "%",
            "@",
            "\t",
            "---\n",
            "...\n",
            "\\",
            "~",
            "\r\n",
            "transforms",
            "topic",
            "from",
            "<<: ",
            "\u0000",
            "\uFEFF",
            "\u2028")
        .list()
        .ofMaxSize(30)
        .map(pieces -> String.join("", pieces));
  }

  @Property
  void everyStageIsCompiled(
      @ForAll Set<@AlphaChars @NumericChars @StringLength(min = 1, max = 12) String> names) {
    StringBuilder text = new StringBuilder("topology: t\nsources:\n");
    names.forEach(
        name -> text.append("  %1$s: {connector: files, topic: x%1$s}%n".formatted(name)));
    Optional<Topology> topology = Topologies.parse("t.yaml", text.toString()).topology();
    Map<String, Map<String, String>> compiled =
        Compiler.compile(topology.orElseThrow(), TestConnectors.INSTANCE);
    assertThat(compiled.keySet())
        .containsExactlyInAnyOrderElementsOf(names.stream().map(name -> "t." + name).toList());
    compiled.forEach((name, config) -> assertThat(config).containsEntry("name", name));
  }

  @Property
  void scalarTextIsKept(@ForAll("plainTexts") String text) {
    assertThat(value(text)).isEqualTo(text);
    assertThat(value("'" + text + "'")).isEqualTo(text);
    assertThat(value("\"" + text + "\"")).isEqualTo(text);
    assertThat(value("|-\n      " + text)).isEqualTo(text);
  }

  @Provide
  Arbitrary<String> plainTexts() {
    return Arbitraries.strings()
        .withChars("abcXYZ0123456789.+-_/$()=")
        .ofMinLength(1)
        .ofMaxLength(20)
        .filter(text -> !text.startsWith("-") && !text.startsWith("..."))
        .filter(text -> !Set.of("null", "~").contains(text));
  }

  private static String value(String yaml) {
    Parsed parsed =
        Topologies.parse(
            "t.yaml", "topology: t\nsources:\n  s:\n    connector: files\n    k: " + yaml);
    assertThat(parsed.problems()).isEmpty();
    return parsed.topology().orElseThrow().stage("s").orElseThrow().config().get("k");
  }

  private static void lint(String text) {
    List<Problem> problems =
        Lint.lint(
            List.of(Topologies.parse("t.yaml", text)),
            TestConnectors.INSTANCE,
            TestConnectors.INSTANCE);
    long lines = text.lines().count() + text.chars().filter(c -> c == '\n' || c == '\r').count();
    assertThat(problems)
        .allSatisfy(problem -> assertThat(problem.line()).isBetween(1, (int) lines + 1));
  }
}

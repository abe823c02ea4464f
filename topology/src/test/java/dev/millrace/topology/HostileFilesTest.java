package dev.millrace.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Huge and hostile files end in a problem, soon, and never in an error. */
class HostileFilesTest {
  private static final int MANY = 200_000;

  static Stream<Arguments> files() {
    return Stream.of(
        Arguments.of("x".repeat(1024 * 1024 + 1), "more than the 1,048,576"),
        Arguments.of("[".repeat(MANY), "nested deeper than 32 levels"),
        Arguments.of("{a: ".repeat(MANY), "nested deeper than 32 levels"),
        Arguments.of("- ".repeat(MANY), "nested deeper than 32 levels"),
        Arguments.of("a: &a [*a, *a]\n".repeat(1000), "anchors"),
        Arguments.of("topology: t\nsources:\n" + stages(), "more than 1000 stages"),
        Arguments.of("topology: t\n" + unknownKeys(), "more problems than the 200 shown"),
        Arguments.of(sink("[" + "x,".repeat(MANY) + "]"), "twice in from"),
        Arguments.of(sink(distinctNames()), "reads more than 200"),
        Arguments.of(sql("SELECT a FROM " + "(".repeat(MANY)), "reads from nothing"),
        Arguments.of(sql("SELECT a FROM t" + ", t".repeat(MANY)), "dangling topic"),
        Arguments.of(sql(manyTables()), "reads more than 200"),
        Arguments.of(longChain(), "stages form a cycle"),
        Arguments.of("topology: " + "x".repeat(MANY) + "\nsources: {}", "cannot be the name"),
        Arguments.of("a: \"\\UFFFFFFFF\"", "not valid YAML"),
        Arguments.of("\uFEFFtopology: \uD800", "not allowed"));
  }

  @ParameterizedTest
  @MethodSource("files")
  void endsSoonWithAProblem(String text, String message) {
    List<Problem> problems =
        Assertions.assertTimeoutPreemptively(
            Duration.ofMinutes(2),
            () ->
                Lint.lint(
                    List.of(Topologies.parse("t.yaml", text)),
                    TestConnectors.INSTANCE,
                    StageChecker.NONE));
    assertThat(problems).anyMatch(problem -> problem.message().contains(message));
    assertThat(problems).hasSizeLessThanOrEqualTo(Problems.MAX + 1);
  }

  private static String stages() {
    return lines("  s%d: {connector: files}\n", 1100);
  }

  private static String unknownKeys() {
    return lines("k%d: v\n", 50_000);
  }

  private static String distinctNames() {
    return "[" + lines("n%d,", 50_000) + "]";
  }

  private static String manyTables() {
    return "SELECT a FROM t0" + lines(", n%d", 50_000);
  }

  private static String longChain() {
    StringBuilder chain = new StringBuilder("topology: t\nprocessors:\n");
    for (int i = 0; i < 1000; i++) {
      chain.append("  p%d: {sql: SELECT x FROM p%d}%n".formatted(i, (i + 1) % 1000));
    }
    return chain.toString();
  }

  private static String sink(String from) {
    return "topology: t\nsinks: {s: {connector: files, from: " + from + "}}";
  }

  private static String sql(String sql) {
    return "topology: t\nprocessors: {s: {sql: \"" + sql + "\"}}";
  }

  private static String lines(String format, int count) {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < count; i++) {
      lines.append(format.formatted(i));
    }
    return lines.toString();
  }
}

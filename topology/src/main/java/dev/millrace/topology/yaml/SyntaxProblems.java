package dev.millrace.topology.yaml;

import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** The YAML engine's exceptions in the words of somebody who writes a topology file. */
final class SyntaxProblems {
  private static final String UNCLOSED = "unexpected end of stream";

  private SyntaxProblems() {}

  /** The problem of an exception; {@code lastIndex} is what was read last before it. */
  static YamlProblem of(YamlEngineException error, SourceText source, int lastIndex) {
    if (error instanceof MarkedYamlEngineException marked) {
      return marked(marked, source, lastIndex);
    }
    if (error instanceof ReaderException reader) {
      return new YamlProblem(
          source.position(reader.getPosition()),
          "the character U+%04X is not allowed in YAML".formatted(reader.getCodePoint()),
          "remove it, or write it as an escape in double quotes");
    }
    return new YamlProblem(source.position(lastIndex), "not valid YAML after this place", "");
  }

  private static YamlProblem marked(
      MarkedYamlEngineException error, SourceText source, int lastIndex) {
    String problem = error.getProblem() == null ? "" : error.getProblem();
    boolean unclosed = problem.contains(UNCLOSED);
    int index =
        (unclosed ? error.getContextMark() : error.getProblemMark().or(error::getContextMark))
            .map(Mark::getIndex)
            .orElse(lastIndex);
    int point = source.at(index);
    if (point == '\t' && problem.contains("cannot start any token")) {
      return new YamlProblem(
          source.position(index), "a tab is used for indentation", "YAML allows only spaces there");
    }
    return new YamlProblem(source.position(index), message(problem, point), hint(problem, point));
  }

  private static String message(String problem, int point) {
    if (problem.contains("cannot start any token")) {
      return "a value cannot start with \"%s\"".formatted(Character.toString(point));
    }
    if (problem.contains("mapping values are not allowed")) {
      return "\": \" is not allowed here";
    }
    if (problem.contains(UNCLOSED)) {
      return "a quote that is never closed";
    }
    return problem.isBlank() ? "not valid YAML" : "not valid YAML: " + problem.strip();
  }

  private static String hint(String problem, int point) {
    if (problem.contains("cannot start any token")) {
      return "put the value in quotes";
    }
    if (problem.contains("mapping values are not allowed")) {
      return "put a value that contains \": \" in quotes, and check the indentation";
    }
    if (problem.contains(UNCLOSED)) {
      return "close the quotes";
    }
    if (point == '{' || point == '}' || problem.contains("',' or")) {
      return "inside { } and [ ], put values with { } [ ] or , in quotes";
    }
    if (problem.contains("expected <block end>")) {
      return "check the indentation of this line and the ones above";
    }
    return "";
  }
}

package dev.millrace.topology.yaml;

import java.util.Set;

/**
 * A scalar with its text as the user wrote it. Immutable; two scalars are the same only if they are
 * one object.
 */
public final class YamlScalar implements YamlNode {

  /** The five ways to write a scalar. */
  public enum Style {
    /** No quotes. */
    PLAIN,
    /** In {@code '…'}. */
    SINGLE_QUOTED,
    /** In {@code "…"}, with escapes. */
    DOUBLE_QUOTED,
    /** After {@code |}: line ends kept. */
    LITERAL,
    /** After {@code >}: lines joined. */
    FOLDED
  }

  private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");

  private final String text;
  private final Style style;
  private final SourceText source;
  private final int start;

  YamlScalar(String text, Style style, SourceText source, int start) {
    this.text = text;
    this.style = style;
    this.source = source;
    this.start = start;
  }

  /** The text, after YAML's quoting and folding and nothing else. */
  public String text() {
    return text;
  }

  /** How it was written. */
  public Style style() {
    return style;
  }

  /** Whether YAML reads this as "no value": nothing at all, {@code ~} or {@code null}, unquoted. */
  public boolean isNothing() {
    return style == Style.PLAIN && NULLS.contains(text);
  }

  @Override
  public Position position() {
    return source.position(start);
  }

  /**
   * The place in the file of a place in the text, for errors inside a value such as SQL.
   *
   * @param line the line in the text, counted from 1
   * @param column the column in that line, in Java characters, counted from 1
   */
  public Position position(int line, int column) {
    return source.position(new Alignment(source, style, start).sourceIndex(text, line, column));
  }

  @Override
  public String toString() {
    return text;
  }
}

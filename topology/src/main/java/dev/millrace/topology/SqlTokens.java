package dev.millrace.topology;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Cuts SQL into the few kinds of tokens needed to find table names. Never throws. */
final class SqlTokens {

  /** What a token is. */
  enum Kind {
    WORD,
    QUOTED,
    SIGN
  }

  /**
   * A token.
   *
   * @param text words and signs as written, quoted identifiers without their quotes
   * @param line in the SQL, from 1
   * @param column in Java characters, from 1
   */
  record Token(Kind kind, String text, int line, int column) {
    boolean isWord(String upperCase) {
      return kind == Kind.WORD && text.toUpperCase(Locale.ROOT).equals(upperCase);
    }

    boolean isSign(char sign) {
      return kind == Kind.SIGN && text.charAt(0) == sign;
    }

    boolean isName() {
      return kind != Kind.SIGN;
    }
  }

  private final String sql;
  private final List<Token> tokens = new ArrayList<>();
  private int at;
  private int line = 1;
  private int lineStart;

  private SqlTokens(String sql) {
    this.sql = sql;
  }

  static List<Token> of(String sql) {
    SqlTokens lexer = new SqlTokens(sql);
    while (lexer.at < sql.length()) {
      lexer.step();
    }
    return lexer.tokens;
  }

  private void step() {
    char c = sql.charAt(at);
    if (Character.isWhitespace(c)) {
      moveTo(at + 1);
    } else if (sql.startsWith("--", at)) {
      moveTo(indexOrEnd("\n", at));
    } else if (sql.startsWith("/*", at)) {
      moveTo(Math.min(sql.length(), indexOrEnd("*/", at + 2) + 2));
    } else if (c == '\'') {
      moveTo(afterQuote('\''));
    } else if (c == '"' || c == '`') {
      quoted(c);
    } else if (Character.isJavaIdentifierStart(c) || Character.isDigit(c)) {
      word();
    } else {
      add(Kind.SIGN, String.valueOf(c), at + 1);
    }
  }

  private void quoted(char quote) {
    int end = afterQuote(quote);
    boolean closed = end - at >= 2 && sql.charAt(end - 1) == quote;
    String inner = sql.substring(at + 1, closed ? end - 1 : end);
    add(Kind.QUOTED, inner.replace("" + quote + quote, "" + quote), end);
  }

  private void word() {
    int end = at + 1;
    while (end < sql.length() && Character.isJavaIdentifierPart(sql.charAt(end))) {
      end++;
    }
    add(Kind.WORD, sql.substring(at, end), end);
  }

  private void add(Kind kind, String text, int end) {
    tokens.add(new Token(kind, text, line, at - lineStart + 1));
    moveTo(end);
  }

  /** The index after a quoted text that starts here; a doubled quote is part of it. */
  private int afterQuote(char quote) {
    int i = at + 1;
    while (i < sql.length()) {
      if (sql.charAt(i) == quote) {
        if (i + 1 >= sql.length() || sql.charAt(i + 1) != quote) {
          return i + 1;
        }
        i++;
      }
      i++;
    }
    return sql.length();
  }

  private int indexOrEnd(String text, int from) {
    int found = sql.indexOf(text, from);
    return found < 0 ? sql.length() : found;
  }

  private void moveTo(int end) {
    for (; at < end; at++) {
      if (sql.charAt(at) == '\n') {
        line++;
        lineStart = at + 1;
      }
    }
  }
}

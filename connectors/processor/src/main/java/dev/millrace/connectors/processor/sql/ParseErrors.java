package dev.millrace.connectors.processor.sql;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.calcite.sql.parser.SqlParseException;

/** Calcite's parse errors in short words. Stateless. */
final class ParseErrors {
  private static final Pattern ENCOUNTERED = Pattern.compile("Encountered \"([^\"]*)\"");
  private static final Pattern RESERVED =
      Pattern.compile("Incorrect syntax near the keyword '([^']*)'");

  private ParseErrors() {}

  static String describe(SqlParseException e) {
    String message = String.valueOf(e.getMessage());
    Matcher reserved = RESERVED.matcher(message);
    if (reserved.find()) {
      return "'%s' is a keyword and not expected here; as a name it needs double quotes"
          .formatted(reserved.group(1));
    }
    Matcher encountered = ENCOUNTERED.matcher(message);
    if (!encountered.find()) {
      return message.lines().findFirst().orElse("the query cannot be parsed");
    }
    String token = encountered.group(1).strip();
    return token.equals("<EOF>") ? "the query ends too early" : unexpected(token);
  }

  private static String unexpected(String token) {
    String first = token.split("\\s+", 2)[0];
    return first.equals("`")
        ? "a backtick is not expected here: names are quoted with double quotes"
        : "'" + first + "' is not expected here";
  }
}

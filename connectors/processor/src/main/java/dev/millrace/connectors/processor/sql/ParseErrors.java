package dev.millrace.connectors.processor.sql;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.calcite.sql.parser.SqlAbstractParserImpl;
import org.apache.calcite.sql.parser.SqlParseException;
import org.apache.calcite.sql.parser.SqlParser;

/** Calcite's parse errors in short words. Stateless. */
final class ParseErrors {
  private static final Pattern ENCOUNTERED = Pattern.compile("Encountered:? \"([^\"]*)\"");
  private static final Pattern RESERVED =
      Pattern.compile("Incorrect syntax near the keyword '([^']*)'");

  private static final SqlAbstractParserImpl.Metadata KEYWORDS = SqlParser.create("").getMetadata();

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

  private static String unexpected(String tokens) {
    if (tokens.startsWith("`")) {
      return "a backtick is not expected here: names are quoted with double quotes";
    }
    String last = tokens.substring(tokens.lastIndexOf(' ') + 1);
    boolean reserved = KEYWORDS.isReservedWord(last.toUpperCase(Locale.ROOT));
    return "'%s' is not expected here%s"
        .formatted(
            tokens,
            reserved ? "; '" + last + "' is a keyword: as a name it needs double quotes" : "");
  }
}

package dev.millrace.connectors.jdbc;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A table's name as its parts: table, schema.table or database.table. Immutable.
 *
 * @param parts one to three parts, without quotes
 */
record TableName(List<String> parts) {
  TableName {
    parts = List.copyOf(parts);
    if (parts.isEmpty() || parts.stream().anyMatch(String::isBlank)) {
      throw new IllegalArgumentException("a table's name has an empty part: " + parts);
    }
  }

  /** Reads {@code users}, {@code shop.users}, {@code `a.b`.users} or {@code "a.b"."users"}. */
  static TableName parse(String text) {
    List<String> parts = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    char quote = 0;
    for (char c : text.strip().toCharArray()) {
      if (quote != 0) {
        quote = append(part, c, quote);
      } else if (c == '`' || c == '"') {
        quote = c;
      } else if (c == '.') {
        parts.add(part.toString());
        part.setLength(0);
      } else {
        part.append(c);
      }
    }
    parts.add(part.toString());
    return new TableName(parts);
  }

  private static char append(StringBuilder part, char c, char quote) {
    if (c == quote) {
      return 0;
    }
    part.append(c);
    return quote;
  }

  /** The table's own name. */
  String table() {
    return parts.getLast();
  }

  /** The same table with the database or schema put before it, if none is there. */
  TableName in(String namespace) {
    return parts.size() > 1 ? this : new TableName(List.of(namespace, table()));
  }

  /** All parts with dots between. */
  String dotted() {
    return String.join(".", parts);
  }

  /** As SQL, each part quoted. */
  String sql(Quotes quotes) {
    return parts.stream().map(quotes::quote).collect(Collectors.joining("."));
  }
}

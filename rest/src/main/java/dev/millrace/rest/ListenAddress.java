package dev.millrace.rest;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * One address of {@code listeners} (compat: REST §13).
 *
 * @param text as configured, for messages
 * @param host without brackets; empty for every interface
 * @param port 0 for a free one
 */
record ListenAddress(String text, String host, int port) {

  private static final Pattern FORM =
      Pattern.compile("(.*)://\\[?([0-9a-zA-Z\\-%._:]*)\\]?:(-?[0-9]+)");
  private static final String DEFAULT = "http://:8083";
  private static final int MAX_PORT = 65_535;

  /**
   * Reads the setting; the default address when it is empty.
   *
   * @throws IllegalStateException when an address cannot be used; says which and why
   */
  static List<ListenAddress> parse(List<String> listeners) {
    var given = listeners.isEmpty() ? List.of(DEFAULT) : listeners;
    return given.stream().map(String::strip).map(ListenAddress::parse).toList();
  }

  private static ListenAddress parse(String text) {
    var form = FORM.matcher(text);
    if (!form.matches()) throw unusable(text, "it is not of the form http://host:port");
    switch (form.group(1).toLowerCase(Locale.ROOT)) {
      case "http" -> {}
      case "https" ->
          throw unusable(text, "https is not supported yet; use http, or a proxy that ends TLS");
      default -> throw unusable(text, "the scheme \"" + form.group(1) + "\" is not http");
    }
    return new ListenAddress(text, form.group(2), port(text, form.group(3)));
  }

  private static int port(String text, String digits) {
    try {
      int port = Integer.parseInt(digits);
      if (port >= 0 && port <= MAX_PORT) return port;
    } catch (NumberFormatException e) {
      throw unusable(text, "the port must be from 0 to 65535", e);
    }
    throw unusable(text, "the port must be from 0 to 65535");
  }

  private static IllegalStateException unusable(String text, String why) {
    return unusable(text, why, null);
  }

  private static IllegalStateException unusable(String text, String why, Throwable cause) {
    return new IllegalStateException(
        "Cannot listen on \"%s\": %s. Correct the setting listeners".formatted(text, why), cause);
  }

  /** A host under which this machine reaches the address, as it stands in a URI. */
  String reachableHost() {
    return switch (host) {
      case "", "0.0.0.0" -> "127.0.0.1";
      case "::" -> "[::1]";
      default -> host.contains(":") ? "[" + host + "]" : host;
    };
  }
}

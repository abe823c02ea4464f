package dev.millrace.rest;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * One address to listen on (compat: REST §13).
 *
 * @param text as configured, for messages
 * @param scheme {@code http} or {@code https}
 * @param host without brackets; empty for every interface
 * @param port 0 for a free one
 */
record ListenAddress(String text, String scheme, String host, int port) {

  private static final Pattern FORM =
      Pattern.compile("(.*)://\\[?([0-9a-zA-Z\\-%._:]*)\\]?:(-?[0-9]+)");
  private static final int MAX_PORT = 65_535;

  /**
   * Reads a setting.
   *
   * @throws IllegalStateException when an address cannot be used; says which and why
   */
  static List<ListenAddress> parse(String setting, List<String> addresses) {
    return addresses.stream().map(String::strip).map(text -> parse(setting, text)).toList();
  }

  private static ListenAddress parse(String setting, String text) {
    var form = FORM.matcher(text);
    if (!form.matches()) {
      throw unusable(setting, text, "it is not of the form http://host:port");
    }
    var scheme = form.group(1).toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw unusable(
          setting, text, "the scheme \"" + form.group(1) + "\" is neither http nor https");
    }
    return new ListenAddress(text, scheme, form.group(2), port(setting, text, form.group(3)));
  }

  private static int port(String setting, String text, String digits) {
    try {
      int port = Integer.parseInt(digits);
      if (port >= 0 && port <= MAX_PORT) return port;
    } catch (NumberFormatException e) {
      throw unusable(setting, text, "the port must be from 0 to 65535", e);
    }
    throw unusable(setting, text, "the port must be from 0 to 65535");
  }

  private static IllegalStateException unusable(String setting, String text, String why) {
    return unusable(setting, text, why, null);
  }

  private static IllegalStateException unusable(
      String setting, String text, String why, Throwable cause) {
    return new IllegalStateException(
        "Cannot listen on \"%s\": %s. Correct the setting %s".formatted(text, why, setting), cause);
  }

  /** Whether it names no host that others could be told. */
  boolean isEveryInterface() {
    return switch (host) {
      case "", "0.0.0.0", "::" -> true;
      default -> false;
    };
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

package dev.millrace.rest;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A path with parameters, such as {@code /connectors/{connector}/tasks}. A trailing slash and
 * matrix parameters make no difference. Immutable.
 *
 * @param template as written
 * @param segments its parts, parameters in braces
 */
record PathPattern(String template, List<String> segments) {

  PathPattern {
    segments = List.copyOf(segments);
  }

  static PathPattern of(String template) {
    return new PathPattern(template, split(template));
  }

  /** The parameters' decoded values if the raw path matches. */
  Optional<Map<String, String>> match(String rawPath) {
    var given = split(rawPath);
    if (given.size() != segments.size()) return Optional.empty();
    var params = new HashMap<String, String>();
    for (int i = 0; i < given.size(); i++) {
      var wanted = segments.get(i);
      var value = decode(given.get(i));
      if (wanted.startsWith("{")) params.put(wanted.substring(1, wanted.length() - 1), value);
      else if (!wanted.equals(value)) return Optional.empty();
    }
    return params.containsValue("") ? Optional.empty() : Optional.of(params);
  }

  private static List<String> split(String path) {
    var inner = path.startsWith("/") ? path.substring(1) : path;
    if (inner.endsWith("/")) inner = inner.substring(0, inner.length() - 1);
    return inner.isEmpty() ? List.of() : List.of(inner.split("/", -1));
  }

  /** In a path, {@code +} is a plus (compat: REST §16). */
  private static String decode(String segment) {
    int matrix = segment.indexOf(';');
    var plain = matrix < 0 ? segment : segment.substring(0, matrix);
    return URLDecoder.decode(plain.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return template;
  }
}

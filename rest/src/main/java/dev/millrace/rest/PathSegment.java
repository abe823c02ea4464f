package dev.millrace.rest;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;

/** Texts as segments of a path. */
final class PathSegment {

  /** What a segment may hold as it is, beyond letters, digits and {@code .-*_} (RFC 3986). */
  private static final Map<String, String> PLAIN =
      "~:@!$&'()+,="
          .chars()
          .mapToObj(Character::toString)
          .collect(Collectors.toMap(c -> URLEncoder.encode(c, StandardCharsets.UTF_8), c -> c));

  private PathSegment() {}

  /** Percent-encodes what a segment cannot hold; a plus stays a plus (compat: REST §16). */
  static String encode(String text) {
    var encoded = URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    for (var character : PLAIN.entrySet()) {
      encoded = encoded.replace(character.getKey(), character.getValue());
    }
    return encoded;
  }
}

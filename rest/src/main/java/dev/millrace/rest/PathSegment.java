package dev.millrace.rest;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Texts as segments of a path. */
final class PathSegment {

  private PathSegment() {}

  /** Percent-encodes what a segment cannot hold; a plus stays a plus (compat: REST §16). */
  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20").replace("%2B", "+");
  }
}

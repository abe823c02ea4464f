package dev.millrace.rest;

import java.util.Arrays;
import java.util.Locale;
import java.util.Set;

/** What of content negotiation a server needs that speaks JSON only (compat: REST §1). */
final class MediaTypes {

  private static final Set<String> JSON = Set.of(Response.JSON, "application/*", "*/*", "*");
  private static final Set<String> UNSAID = Set.of("", "*/*", "*");
  private static final Set<String> TEXT = Set.of("text/plain", "text/*", "*/*", "*");
  private static final Set<String> OPEN_METRICS = Set.of("application/openmetrics-text");

  private MediaTypes() {}

  /** True when a body of this type can be read. */
  static boolean isJson(String contentType) {
    return JSON.contains(bare(contentType));
  }

  /** True when the client did not say of which type its body is. */
  static boolean isUnsaid(String contentType) {
    return UNSAID.contains(bare(contentType));
  }

  /** True when a client that sent this {@code Accept} takes JSON. */
  static boolean acceptsJson(String accept) {
    return accepts(accept, JSON);
  }

  /** True when a client that sent this {@code Accept} takes plain text. */
  static boolean acceptsText(String accept) {
    return accepts(accept, TEXT);
  }

  /** True when a client that sent this {@code Accept} asks for OpenMetrics by name. */
  static boolean asksOpenMetrics(String accept) {
    return !accept.isBlank() && accepts(accept, OPEN_METRICS);
  }

  private static boolean accepts(String accept, Set<String> matching) {
    if (accept.isBlank()) return true;
    return Arrays.stream(accept.split(",", -1)).map(MediaTypes::bare).anyMatch(matching::contains);
  }

  private static String bare(String type) {
    int parameters = type.indexOf(';');
    return (parameters < 0 ? type : type.substring(0, parameters)).trim().toLowerCase(Locale.ROOT);
  }
}

package dev.millrace.rest;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Which pages of other origins may read answers (compat: REST §13). Others are answered too, but
 * their browsers will not show them. Immutable.
 *
 * @param origins patterns of whole origins
 * @param methods for the {@code Access-Control-Allow-Methods} of preflights
 */
record CorsPolicy(List<Pattern> origins, String methods) {

  private static final String DEFAULT_METHODS = "GET,POST,HEAD";

  static CorsPolicy of(String origins, String methods) {
    var patterns =
        Arrays.stream(origins.split(",", -1))
            .map(String::strip)
            .filter(origin -> !origin.isEmpty())
            .map(CorsPolicy::pattern)
            .toList();
    var allowed = methods.isBlank() ? DEFAULT_METHODS : methods.replaceAll("\\s+", "");
    return new CorsPolicy(patterns, allowed);
  }

  private static Pattern pattern(String origin) {
    return Pattern.compile(
        Arrays.stream(origin.split("\\*", -1))
            .map(Pattern::quote)
            .reduce((left, right) -> left + ".*" + right)
            .orElseThrow());
  }

  /** The answer with the headers that browsers look at. */
  Response apply(Request request, Response response) {
    var answer = response.with("Vary", "Origin");
    var origin = request.header("Origin");
    if (origin.isEmpty() || !allows(origin)) return answer;
    answer = answer.with("Access-Control-Allow-Origin", origin);
    return isPreflight(request) ? preflight(answer) : answer;
  }

  private boolean allows(String origin) {
    return Arrays.stream(origin.split("\\s+", -1))
        .anyMatch(each -> origins.stream().anyMatch(pattern -> pattern.matcher(each).matches()));
  }

  private static boolean isPreflight(Request request) {
    return request.method().toUpperCase(Locale.ROOT).equals("OPTIONS")
        && !request.header("Access-Control-Request-Method").isEmpty();
  }

  private Response preflight(Response answer) {
    return answer
        .with("Access-Control-Allow-Methods", methods)
        .with("Access-Control-Allow-Headers", "Content-Type")
        .with("Access-Control-Max-Age", "60");
  }
}

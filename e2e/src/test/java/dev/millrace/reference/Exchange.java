package dev.millrace.reference;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One request of a {@code .http} file. Requests are separated by {@code ###} lines, which carry
 * their titles. Before a request line, comments may say:
 *
 * <ul>
 *   <li>{@code # differs D1}: a known difference, explained in docs/rest.md
 *   <li>{@code # await /path has text}: before it is sent, both answer that path with that text
 *   <li>{@code # await /path lacks text}: the same without that text
 *   <li>{@code # body-size n}: a body of that many letters, in quotes
 * </ul>
 *
 * A body has the type {@code application/json} unless a {@code Content-Type} is given, where {@code
 * none} stands for no such header.
 *
 * @param differs id of the known difference, if there is one
 */
record Exchange(
    String title,
    Optional<String> differs,
    List<Condition> conditions,
    String method,
    String path,
    Map<String, String> headers,
    String body) {

  /** What both must answer before a request is sent. */
  record Condition(String path, boolean has, String text) {

    static Condition of(String line) {
      var parts = line.split(" ", 3);
      return new Condition(parts[0], parts[1].equals("has"), parts[2]);
    }

    boolean holds(String body) {
      return body.contains(text) == has;
    }

    Exchange request() {
      return new Exchange("await " + path, Optional.empty(), List.of(), "GET", path, Map.of(), "");
    }
  }

  /** The requests of a file, in order. */
  static List<Exchange> parse(String file) {
    return Arrays.stream(file.split("(?m)^###", -1)).skip(1).map(Exchange::one).toList();
  }

  private static Exchange one(String part) {
    var lines = new ArrayList<>(part.lines().toList());
    var title = lines.removeFirst().strip();
    var directives = new ArrayList<String>();
    while (lines.getFirst().startsWith("#"))
      directives.add(lines.removeFirst().substring(1).strip());
    var request = lines.removeFirst().split(" ", 2);
    var headers = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
    while (!lines.isEmpty() && !lines.getFirst().isBlank()) {
      var header = lines.removeFirst().split(":", 2);
      headers.put(header[0].strip(), header[1].strip());
    }
    var body = sized(directives).orElse(String.join("\n", lines).strip());
    if (!body.isEmpty()) headers.putIfAbsent("Content-Type", "application/json");
    headers.values().removeIf("none"::equals);
    return new Exchange(
        title,
        directive(directives, "differs ").findFirst(),
        directive(directives, "await ").map(Condition::of).toList(),
        request[0],
        request[1],
        headers,
        body);
  }

  private static Optional<String> sized(List<String> directives) {
    return directive(directives, "body-size ")
        .findFirst()
        .map(size -> "\"" + "x".repeat(Integer.parseInt(size)) + "\"");
  }

  private static java.util.stream.Stream<String> directive(List<String> all, String name) {
    return all.stream().filter(d -> d.startsWith(name)).map(d -> d.substring(name.length()));
  }

  /** Whether it may be sent again until both answers are the same. */
  boolean repeatable() {
    return method.equals("GET") || method.equals("HEAD");
  }

  @Override
  public String toString() {
    return title + ": " + method + " " + path;
  }
}

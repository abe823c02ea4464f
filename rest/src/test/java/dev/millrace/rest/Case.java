package dev.millrace.rest;

import java.net.URI;
import java.net.http.HttpRequest;
import java.util.Map;
import java.util.TreeMap;

/**
 * One request and what must be answered.
 *
 * @param line method and path
 * @param headers to send
 * @param status expected
 * @param answer expected body, exactly; {@code "~text"} for one that contains the text
 * @param expected header values expected, empty for one that must be absent
 */
record Case(
    String line,
    Map<String, String> headers,
    String body,
    int status,
    String answer,
    Map<String, String> expected) {

  static Case answer(String line, int status, String answer) {
    return new Case(line, Map.of(), "", status, answer, Map.of());
  }

  /** With a JSON body. */
  static Case answer(String line, String body, int status, String answer) {
    return new Case(
        line, Map.of("Content-Type", "application/json"), body, status, answer, Map.of());
  }

  /** A failure as resources report it. */
  static Case error(String line, int status, String message) {
    return answer(line, status, errorBody(status, message))
        .expect("Content-Type", "application/json");
  }

  static Case error(String line, String body, int status, String message) {
    return answer(line, body, status, errorBody(status, message))
        .expect("Content-Type", "application/json");
  }

  /** A failure found before a resource was. */
  static Case unmatched(String line, int status, String reason) {
    return answer(line, status, errorBody(status, "HTTP " + status + " " + reason))
        .expect("Content-Type", "");
  }

  static String errorBody(int status, String message) {
    return message.startsWith("~") ? message : Json.write(new ErrorMessage(status, message));
  }

  Case send(String header, String value) {
    return new Case(line, plus(headers, header, value), body, status, answer, expected);
  }

  Case body(String text) {
    return new Case(line, headers, text, status, answer, expected);
  }

  Case expect(String header, String value) {
    return new Case(line, headers, body, status, answer, plus(expected, header, value));
  }

  private static Map<String, String> plus(Map<String, String> map, String key, String value) {
    var more = new TreeMap<>(map);
    more.put(key, value);
    return more;
  }

  HttpRequest request(URI server) {
    var parts = line.split(" ", 2);
    var publisher =
        body.isEmpty()
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofString(body);
    var request =
        HttpRequest.newBuilder(URI.create(server + parts[1].substring(1)))
            .method(parts[0], publisher);
    headers.forEach(request::header);
    return request.build();
  }

  @Override
  public String toString() {
    return line + " " + headers + " " + body + " -> " + status;
  }
}

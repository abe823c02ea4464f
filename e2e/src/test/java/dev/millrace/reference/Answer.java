package dev.millrace.reference;

import java.util.List;
import java.util.Map;

/**
 * An HTTP answer. Immutable.
 *
 * @param headers by name in lower case
 */
record Answer(int status, Map<String, List<String>> headers, String body) {

  /** All values of a header, empty when absent. */
  String header(String name) {
    return String.join(", ", headers.getOrDefault(name, List.of()));
  }
}

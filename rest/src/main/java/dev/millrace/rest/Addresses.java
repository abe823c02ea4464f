package dev.millrace.rest;

import java.net.URI;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Where a server is reached (compat: REST §13).
 *
 * @param own from this machine
 * @param advertised what others are told
 */
record Addresses(URI own, URI advertised) {

  /**
   * Of a server that listens.
   *
   * @param ports the bound ones, in the order of the listeners
   */
  static Addresses of(RestSettings settings, List<Integer> ports) {
    var listeners = settings.listeners();
    var first = listeners.getFirst();
    var own = uri(first.scheme(), first.reachableHost(), ports.getFirst());
    var scheme = settings.advertisedScheme();
    int told =
        IntStream.range(0, listeners.size())
            .filter(i -> listeners.get(i).scheme().equals(scheme))
            .findFirst()
            .orElse(0);
    var listener = listeners.get(told);
    return new Addresses(
        own,
        uri(
            scheme,
            settings.advertisedHost().orElseGet(listener::reachableHost),
            settings.advertisedPort().orElse(ports.get(told))));
  }

  private static URI uri(String scheme, String host, int port) {
    return URI.create(scheme + "://" + host + ":" + port + "/");
  }
}

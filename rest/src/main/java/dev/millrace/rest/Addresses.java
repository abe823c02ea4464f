package dev.millrace.rest;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Where a server is reached (compat: REST §13).
 *
 * @param own from this machine
 * @param advertised what others are told
 * @param admin from this machine, for {@code /admin}; empty when nobody serves it
 */
record Addresses(URI own, URI advertised, Optional<URI> admin) {

  /**
   * Of a server that listens.
   *
   * @param ports the bound ones, in the order of the listeners
   * @param adminPorts likewise of separate admin listeners
   * @param machine finds this machine's own address, if others reach it; asked only when needed
   */
  static Addresses of(
      RestSettings settings,
      List<Integer> ports,
      List<Integer> adminPorts,
      Supplier<Optional<String>> machine) {
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
            settings.advertisedHost().orElseGet(() -> toldHost(listener, machine)),
            settings.advertisedPort().orElse(ports.get(told))),
        admin(settings.adminListeners(), own, adminPorts));
  }

  private static String toldHost(ListenAddress listener, Supplier<Optional<String>> machine) {
    var own = listener.isEveryInterface() ? machine.get() : Optional.<String>empty();
    return own.orElseGet(listener::reachableHost);
  }

  private static Optional<URI> admin(
      Optional<List<ListenAddress>> separate, URI own, List<Integer> ports) {
    if (separate.isEmpty()) return Optional.of(own);
    return separate.get().stream()
        .findFirst()
        .map(first -> uri(first.scheme(), first.reachableHost(), ports.getFirst()));
  }

  private static URI uri(String scheme, String host, int port) {
    return URI.create(scheme + "://" + host + ":" + port + "/");
  }
}

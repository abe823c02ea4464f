package dev.millrace.rest;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.eclipse.jetty.server.Connector;

/**
 * Sends requests to the router of the address they came in by, and puts headers on the answers that
 * the settings ask for. Separate addresses for {@code /admin} serve nothing else, and then the
 * regular ones do not serve that; the headers are for regular addresses only (compat: REST §13).
 * Thread-safe.
 *
 * @param regular of the regular addresses: the router, perhaps behind extensions
 * @param admin of the separate addresses
 * @param isAdmin whether an address is one of those
 */
record Frontend(
    Function<Request, Response> regular,
    Router admin,
    Predicate<Connector> isAdmin,
    Optional<CorsPolicy> cors,
    List<HeaderRule> rules,
    InstantSource clock)
    implements HttpBridge.Answers {

  @Override
  public Response to(Request request, Connector through) {
    if (isAdmin.test(through)) return admin.answer(request);
    var answer = regular.apply(request);
    for (var rule : rules) answer = rule.apply(answer, clock.instant());
    return cors.isPresent() ? cors.get().apply(request, answer) : answer;
  }
}

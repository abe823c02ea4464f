package dev.millrace.rest;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the route of a request and lets nothing but a {@link Response} out. Checks, in this order:
 * path 404, method 405, type of the body 415, accepted types 406, worker ready 503. Thread-safe.
 */
final class Router {

  private static final Logger LOG = LoggerFactory.getLogger(Router.class);
  private static final List<String> ALLOW_ORDER =
      List.of("HEAD", "DELETE", "POST", "GET", "PUT", "PATCH", "OPTIONS");

  private final List<Route> routes;
  private final BooleanSupplier ready;
  private final Onward onward;

  /**
   * A router over these routes.
   *
   * @param onward takes what only the leader can answer
   */
  Router(List<Route> routes, BooleanSupplier ready, Onward onward) {
    this.routes = List.copyOf(routes);
    this.ready = ready;
    this.onward = onward;
  }

  /** A route that matches a path, with the values of its parameters. */
  private record Match(Route route, Map<String, String> params) {}

  /** Answers any request. */
  @SuppressWarnings("CatchingUnchecked") // whatever a handler throws must become an answer
  Response answer(Request request) {
    try {
      return onward.stamped(request, route(request));
    } catch (LeadsElsewhere e) {
      return onward.send(request);
    } catch (HttpException e) {
      return onward.stamped(request, e.response());
    } catch (Exception e) {
      LOG.error("{} {} failed", request.method(), request.path(), e);
      return Response.error(500, e.getMessage());
    } catch (Throwable e) {
      LOG.error("{} {} failed with an internal error", request.method(), request.path(), e);
      return Response.error(500, "Internal error, see the worker's log: " + e);
    }
  }

  private Response route(Request request) {
    var matches = matches(request.path());
    if (matches.isEmpty()) return Response.unmatched(404);
    if (request.method().equals("OPTIONS")) return options(matches, request);
    String method = request.method().equals("HEAD") ? "GET" : request.method();
    for (var match : matches) {
      if (match.route().method().equals(method)) return enter(match, request);
    }
    return Response.unmatched(405).with("Allow", String.join(",", allowed(matches)));
  }

  private List<Match> matches(String path) {
    return routes.stream()
        .flatMap(route -> route.path().match(path).map(params -> new Match(route, params)).stream())
        .toList();
  }

  private Response enter(Match match, Request request) {
    boolean readable = match.route().is(Route.Trait.ANY_BODY) || request.body().isEmpty();
    if (!readable && MediaTypes.isUnsaid(request.header("Content-Type"))) {
      throw new HttpException(415, HttpException.standard(415));
    }
    if (!readable && !MediaTypes.isJson(request.header("Content-Type"))) {
      return Response.unmatched(415);
    }
    boolean acceptable = match.route().is(Route.Trait.ANY_ANSWER);
    if (!acceptable && !MediaTypes.acceptsJson(request.header("Accept"))) {
      return Response.unmatched(406);
    }
    if (!match.route().is(Route.Trait.WHILE_STARTING) && !ready.getAsBoolean()) {
      throw HttpException.notReady("The worker is still starting up; ask again in a moment");
    }
    return match.route().handler().handle(request.withParams(match.params()));
  }

  private static Response options(List<Match> matches, Request request) {
    var allowed = allowed(matches);
    var response =
        MediaTypes.acceptsText(request.header("Accept"))
            ? Response.text(200, String.join(", ", allowed))
            : Response.empty(200);
    return response.with("Allow", String.join(",", allowed));
  }

  private static Set<String> allowed(List<Match> matches) {
    var methods = new LinkedHashSet<String>();
    for (String method : ALLOW_ORDER) {
      boolean there =
          switch (method) {
            case "OPTIONS" -> true;
            case "HEAD" -> has(matches, "GET");
            default -> has(matches, method);
          };
      if (there) methods.add(method);
    }
    return methods;
  }

  private static boolean has(List<Match> matches, String method) {
    return matches.stream().anyMatch(match -> match.route().method().equals(method));
  }
}

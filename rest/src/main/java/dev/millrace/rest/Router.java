package dev.millrace.rest;

import dev.millrace.worker.WorkerApi;
import dev.millrace.worker.WorkerApi.Leader;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the route of a request and lets nothing but a {@link Response} out. Checks, in this order:
 * path 404, method 405, type of the body 415, accepted types 406, a place 503, worker ready 500.
 * Thread-safe.
 */
final class Router {

  private static final Logger LOG = LoggerFactory.getLogger(Router.class);
  private static final List<String> ALLOW_ORDER =
      List.of("HEAD", "DELETE", "POST", "GET", "PUT", "PATCH", "OPTIONS");

  private final List<Route> routes;

  /** Of those that may have to wait for the worker; the others are answered at any time. */
  private static final int AT_ONCE = 256;

  private final WorkerApi worker;
  private final Onward onward;
  private final Semaphore places = new Semaphore(AT_ONCE, true);

  /**
   * A router over these routes.
   *
   * @param onward takes what only the leader can answer
   */
  Router(List<Route> routes, WorkerApi worker, Onward onward) {
    this.routes = List.copyOf(routes);
    this.worker = worker;
    this.onward = onward;
  }

  /** A route that matches a path, with the values of its parameters. */
  private record Match(Route route, Map<String, String> params) {}

  /** Answers any request. */
  @SuppressWarnings("CatchingUnchecked") // whatever a handler throws must become an answer
  Response answer(Request request) {
    try {
      return hereOrOnward(request);
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

  private Response hereOrOnward(Request request) {
    try {
      return onward.stamped(request, route(request));
    } catch (LeadsElsewhere e) {
      return onward(request, e.isSigned());
    }
  }

  /**
   * The leader's answer. A worker that knows no leader waits for one, and may then lead itself.
   * Whoever has sent the request on does that waiting.
   */
  private Response onward(Request request, boolean signed) {
    try {
      boolean waited = !request.hasQuery(Onward.HOPS) && worker.leader() instanceof Leader.Unknown;
      if (waited && worker.awaitLeader() instanceof Leader.Here) {
        return onward.stamped(request, route(request));
      }
      return onward.send(request, signed);
    } catch (LeadsElsewhere e) {
      return Response.error(409, ConnectorResource.CONFLICT);
    } catch (HttpException e) {
      return e.response();
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

  /** Whether there is a route of this raw path. */
  boolean knows(String path) {
    return !matches(path).isEmpty();
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
    var matched = request.withParams(match.params());
    return match.route().is(Route.Trait.WHILE_STARTING)
        ? match.route().handler().handle(matched)
        : whenReady(match.route(), matched);
  }

  /** Requests that come while the worker starts are answered when it has started (compat: §3). */
  private Response whenReady(Route route, Request request) {
    if (!hasPlace()) {
      throw HttpException.notReady(
          "%d other requests are under way; ask again in a moment. %s"
              .formatted(AT_ONCE, worker.stage()));
    }
    try {
      if (!worker.ready() && !worker.awaitReady(worker.requestTimeout())) {
        throw new HttpException(500, ("Request timed out. " + worker.stage()).strip());
      }
      return route.handler().handle(request);
    } finally {
      places.release();
    }
  }

  private boolean hasPlace() {
    try {
      return places.tryAcquire(worker.requestTimeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
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

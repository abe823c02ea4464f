package dev.millrace.rest;

import java.util.EnumSet;
import java.util.Set;

/**
 * One entry of the routing table. Immutable.
 *
 * @param method HTTP method; {@code HEAD} and {@code OPTIONS} follow from the others
 * @param path what it matches
 * @param summary one line for people
 * @param traits how it differs from the others
 */
record Route(String method, PathPattern path, String summary, Set<Trait> traits, Handler handler) {

  /** What few routes do. */
  enum Trait {
    /** It answers before the worker is ready; the others answer 503 then. */
    WHILE_STARTING,
    /** It reads bodies of any type; the others JSON only, else 415. */
    ANY_BODY,
    /** It answers whatever types the client accepts; the others 406 to who does not take JSON. */
    ANY_ANSWER
  }

  /** Answers a request; called on the request's own virtual thread, so it may wait. */
  @FunctionalInterface
  interface Handler {
    /**
     * Answers.
     *
     * @throws HttpException when the answer is a failure
     */
    Response handle(Request request);
  }

  Route {
    traits = Set.copyOf(traits);
  }

  static Route of(String method, String path, String summary, Handler handler) {
    return new Route(method, PathPattern.of(path), summary, Set.of(), handler);
  }

  Route alsoWhileStarting() {
    return with(Trait.WHILE_STARTING);
  }

  Route withAnyContentType() {
    return with(Trait.ANY_BODY);
  }

  Route ofAnyType() {
    return with(Trait.ANY_ANSWER);
  }

  private Route with(Trait trait) {
    var more = EnumSet.of(trait);
    more.addAll(traits);
    return new Route(method, path, summary, more, handler);
  }

  boolean is(Trait trait) {
    return traits.contains(trait);
  }

  /** Whether it is one of those that separate addresses may serve (compat: REST §13). */
  boolean isAdmin() {
    return path.toString().startsWith("/admin/");
  }
}

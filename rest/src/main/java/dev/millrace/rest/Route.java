package dev.millrace.rest;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * One entry of the routing table. Immutable.
 *
 * @param method HTTP method; {@code HEAD} and {@code OPTIONS} follow from the others
 * @param path what it matches
 * @param summary one line for people
 * @param traits how it differs from the others
 * @param query the query parameters it looks at
 */
record Route(
    String method,
    PathPattern path,
    String summary,
    Set<Trait> traits,
    List<QueryParameter> query,
    Handler handler) {

  /** What few routes do. */
  enum Trait {
    /** It answers before the worker is ready, and never waits long; the others wait for that. */
    WHILE_STARTING,
    /** It reads bodies of any type; the others JSON only, else 415. */
    ANY_BODY,
    /** It needs a JSON object as its body. */
    OBJECT_BODY,
    /** It needs a JSON array as its body. */
    ARRAY_BODY,
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
    query = List.copyOf(query);
  }

  static Route of(String method, String path, String summary, Handler handler) {
    return new Route(method, PathPattern.of(path), summary, Set.of(), List.of(), handler);
  }

  Route alsoWhileStarting() {
    return with(Trait.WHILE_STARTING);
  }

  /** It looks at these texts or flags, if they are there. */
  Route asking(String... parameters) {
    return asking(Stream.of(parameters).map(QueryParameter::text).toList());
  }

  Route asking(QueryParameter parameter) {
    return asking(List.of(parameter));
  }

  private Route asking(List<QueryParameter> parameters) {
    return new Route(method, path, summary, traits, parameters, handler);
  }

  Route takingObject() {
    return with(Trait.OBJECT_BODY);
  }

  Route takingArray() {
    return with(Trait.ARRAY_BODY);
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
    return new Route(method, path, summary, more, query, handler);
  }

  boolean is(Trait trait) {
    return traits.contains(trait);
  }

  /** Whether it is one of those that separate addresses may serve (compat: REST §13). */
  boolean isAdmin() {
    return path.toString().startsWith("/admin/");
  }
}

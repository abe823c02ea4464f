package dev.millrace.rest;

/**
 * One entry of the routing table. Immutable.
 *
 * @param method HTTP method; {@code HEAD} and {@code OPTIONS} follow from the others
 * @param path what it matches
 * @param summary one line for people
 * @param whileStarting whether it answers before the worker is ready; the others answer 503 then
 * @param anyType whether it answers whatever types the client accepts; the others answer 406 to who
 *     does not take JSON
 */
record Route(
    String method,
    PathPattern path,
    String summary,
    boolean whileStarting,
    boolean anyType,
    Handler handler) {

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

  static Route of(String method, String path, String summary, Handler handler) {
    return new Route(method, PathPattern.of(path), summary, false, false, handler);
  }

  Route alsoWhileStarting() {
    return new Route(method, path, summary, true, anyType, handler);
  }

  Route ofAnyType() {
    return new Route(method, path, summary, whileStarting, true, handler);
  }
}

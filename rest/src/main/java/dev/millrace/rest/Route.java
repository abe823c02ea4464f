package dev.millrace.rest;

/**
 * One entry of the routing table. Immutable.
 *
 * @param method HTTP method; {@code HEAD} and {@code OPTIONS} follow from the others
 * @param path what it matches
 * @param summary one line for people
 * @param whileStarting whether it answers before the worker is ready; the others answer 503 then
 * @param anyContentType whether bodies of any type are read; else JSON only
 */
record Route(
    String method,
    PathPattern path,
    String summary,
    boolean whileStarting,
    boolean anyContentType,
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
    return new Route(method, path, summary, true, anyContentType, handler);
  }

  Route withAnyContentType() {
    return new Route(method, path, summary, whileStarting, true, handler);
  }

  /** Whether it is one of those that separate addresses may serve (compat: REST §13). */
  boolean isAdmin() {
    return path.toString().startsWith("/admin/");
  }
}

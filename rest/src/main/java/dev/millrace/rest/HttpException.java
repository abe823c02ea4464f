package dev.millrace.rest;

import java.util.Map;

/** Ends a request with a status and a message for the client. */
final class HttpException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private static final Map<Integer, String> REASONS =
      Map.of(
          400, "Bad Request",
          404, "Not Found",
          405, "Method Not Allowed",
          406, "Not Acceptable",
          415, "Unsupported Media Type");

  private final int status;
  private final int retryAfterSeconds;

  HttpException(int status, String message) {
    this(status, message, null);
  }

  HttpException(int status, String message, Throwable cause) {
    super(message, cause);
    this.status = status;
    this.retryAfterSeconds = 0;
  }

  private HttpException(String message, int retryAfterSeconds) {
    super(message);
    this.status = 503;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** Not now; the client may ask again after a second. */
  static HttpException notReady(String message) {
    return new HttpException(message, 1);
  }

  /** The message of a failure that only its status describes (compat: REST §2). */
  static String standard(int status) {
    return "HTTP " + status + " " + REASONS.getOrDefault(status, "");
  }

  Response response() {
    var response = Response.error(status, getMessage());
    return retryAfterSeconds == 0
        ? response
        : response.with(Response.RETRY_AFTER, Integer.toString(retryAfterSeconds));
  }
}

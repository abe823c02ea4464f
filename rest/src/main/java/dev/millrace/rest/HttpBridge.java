package dev.millrace.rest;

import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.util.Callback;

/**
 * Between Jetty's requests and ours. Thread-safe; called on a virtual thread per request. Requests
 * still running when it is stopped are interrupted.
 *
 * <p>Bodies are bounded by {@link #MAX_BODY_BYTES}.
 */
final class HttpBridge extends Handler.Abstract {

  static final int MAX_BODY_BYTES = 1 << 20;

  private final Set<Thread> running = ConcurrentHashMap.newKeySet();
  private final Answers answers;
  private final Supplier<String> workerId;

  /** Answers a request that came in through a connector of Jetty's. */
  interface Answers {
    Response to(Request request, Connector through);
  }

  /**
   * A bridge to whoever answers.
   *
   * @param workerId stands in for a {@code Host} header that is not there; asked late, since it may
   *     depend on the port that was bound
   */
  HttpBridge(Answers answers, Supplier<String> workerId) {
    this.answers = answers;
    this.workerId = workerId;
  }

  @Override
  public boolean handle(
      org.eclipse.jetty.server.Request in, org.eclipse.jetty.server.Response out, Callback done)
      throws IOException {
    running.add(Thread.currentThread());
    try {
      write(answer(in), out, done);
    } finally {
      running.remove(Thread.currentThread());
    }
    return true;
  }

  @Override
  protected void doStop() throws Exception {
    running.forEach(Thread::interrupt);
    super.doStop();
  }

  private Response answer(org.eclipse.jetty.server.Request in) throws IOException {
    var body = body(in);
    if (body.isEmpty()) return tooLarge();
    try {
      return answers.to(request(in, body.get()), in.getConnectionMetaData().getConnector());
    } catch (IllegalArgumentException e) { // percent-encoding that is none
      return Response.error(400, HttpException.standard(400));
    }
  }

  private Request request(org.eclipse.jetty.server.Request in, String body) {
    return new Request(
        in.getMethod(),
        in.getHttpURI().getPath(),
        Map.of(),
        query(in.getHttpURI().getQuery()),
        headers(in.getHeaders()),
        base(in),
        body);
  }

  private String base(org.eclipse.jetty.server.Request in) {
    var host = in.getHeaders().get(HttpHeader.HOST);
    return in.getHttpURI().getScheme() + "://" + (host == null ? workerId.get() : host);
  }

  private static Map<String, String> headers(HttpFields fields) {
    var headers = new HashMap<String, String>();
    fields.forEach(
        field ->
            headers.merge(
                field.getLowerCaseName(),
                field.getValue() == null ? "" : field.getValue(),
                (left, right) -> left + "," + right));
    return headers;
  }

  /** The whole body, or nothing when it is too large. */
  private static Optional<String> body(org.eclipse.jetty.server.Request in) throws IOException {
    if (in.getLength() > MAX_BODY_BYTES) return Optional.empty();
    try (InputStream stream = org.eclipse.jetty.server.Request.asInputStream(in)) {
      byte[] bytes = stream.readNBytes(MAX_BODY_BYTES + 1);
      return bytes.length > MAX_BODY_BYTES
          ? Optional.empty()
          : Optional.of(new String(bytes, StandardCharsets.UTF_8));
    }
  }

  private static Response tooLarge() {
    return Response.error(
            413,
            "The request body is larger than %d bytes; send a smaller one"
                .formatted(MAX_BODY_BYTES))
        .with("Connection", "close");
  }

  static Map<String, List<String>> query(String raw) {
    var query = new HashMap<String, List<String>>();
    if (raw == null || raw.isEmpty()) return query;
    for (String pair : raw.split("&", -1)) {
      int equals = pair.indexOf('=');
      var name = decode(equals < 0 ? pair : pair.substring(0, equals));
      var value = equals < 0 ? "" : decode(pair.substring(equals + 1));
      query.computeIfAbsent(name, n -> new ArrayList<>()).add(value);
    }
    return query;
  }

  /** What is not encoded well stays as it is (compat: observed). */
  private static String decode(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return text;
    }
  }

  private static void write(
      Response response, org.eclipse.jetty.server.Response out, Callback done) {
    var bytes = response.body().getBytes(StandardCharsets.UTF_8);
    out.setStatus(response.status());
    response.headers().forEach(out.getHeaders()::put);
    if (response.status() != 204) out.getHeaders().put(HttpHeader.CONTENT_LENGTH, bytes.length);
    out.write(true, ByteBuffer.wrap(bytes), done);
  }
}

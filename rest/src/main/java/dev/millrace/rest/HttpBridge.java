package dev.millrace.rest;

import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;

/**
 * Between Jetty's requests and ours. Thread-safe; requests are answered on a virtual thread each.
 * Those still running when it is stopped are interrupted.
 *
 * <p>Bodies are bounded by {@link #MAX_BODY_BYTES}, all together by {@link #ROOM_KILOBYTES}. No
 * thread waits for a body that comes slowly.
 */
final class HttpBridge extends Handler.Abstract {

  static final int MAX_BODY_BYTES = 1 << 20;

  /** Who sends more than this may have his connection cut instead of an answer. */
  private static final int MAX_DISCARDED_BYTES = 64 << 20;

  private static final int KILOBYTE = 1 << 10;
  private static final int ROOM_KILOBYTES = 64 << 10;

  private final Semaphore room = new Semaphore(ROOM_KILOBYTES);
  private final Set<Thread> running = ConcurrentHashMap.newKeySet();
  private final Answers answers;
  private final Supplier<String> workerId;
  private final Executor executor;

  /** Answers a request that came in through a connector of Jetty's. */
  interface Answers {
    Response to(Request request, Connector through);
  }

  /**
   * A bridge to whoever answers.
   *
   * @param workerId stands in for a {@code Host} header that is not there; asked late, since it may
   *     depend on the port that was bound
   * @param executor answers requests whose bodies have come late
   */
  HttpBridge(Answers answers, Supplier<String> workerId, Executor executor) {
    this.answers = answers;
    this.workerId = workerId;
    this.executor = executor;
  }

  @Override
  public boolean handle(
      org.eclipse.jetty.server.Request in, org.eclipse.jetty.server.Response out, Callback done) {
    if (in.getLength() > MAX_DISCARDED_BYTES) {
      write(tooLarge(), out, done);
      return true;
    }
    if (in.getLength() > MAX_BODY_BYTES) {
      // a connection that is closed before all has been read takes the answer away with it
      Content.Source.consumeAll(
          in, Callback.from(() -> write(tooLarge(), out, done), done::failed));
      return true;
    }
    int size = kilobytes(in);
    if (!room.tryAcquire(size)) {
      write(full(), out, done);
      return true;
    }
    var body = new CompletableFuture<byte[]>();
    Content.Source.asByteArrayAsync(in, MAX_BODY_BYTES, Promise.Invocable.toPromise(body));
    BiConsumer<byte[], Throwable> then =
        (bytes, error) -> whole(in, bytes, error, out, freeing(size, bytes, done));
    var unused = body.isDone() ? body.whenComplete(then) : body.whenCompleteAsync(then, executor);
    return true;
  }

  /** Frees at once the room that the body does not take, and the rest with its answer. */
  private Callback freeing(int reserved, byte[] body, Callback done) {
    int taken = body == null ? 0 : Math.min(reserved, kilobytes(body.length));
    room.release(reserved - taken);
    return Callback.from(done, () -> room.release(taken));
  }

  /** The body has come, or it never will. */
  private void whole(
      org.eclipse.jetty.server.Request in,
      byte[] body,
      Throwable error,
      org.eclipse.jetty.server.Response out,
      Callback done) {
    if (error instanceof IllegalStateException) { // larger than it may be
      write(tooLarge(), out, done);
      return;
    }
    if (error != null) {
      done.failed(error);
      return;
    }
    running.add(Thread.currentThread());
    try {
      write(answer(in, new String(body, StandardCharsets.UTF_8)), out, done);
    } catch (RuntimeException | Error e) {
      done.failed(e);
    } finally {
      running.remove(Thread.currentThread());
    }
  }

  @Override
  protected void doStop() throws Exception {
    running.forEach(Thread::interrupt);
    super.doStop();
  }

  private Response answer(org.eclipse.jetty.server.Request in, String body) {
    try {
      return answers.to(request(in, body), in.getConnectionMetaData().getConnector());
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

  /** The room that a body takes at most. */
  private static int kilobytes(org.eclipse.jetty.server.Request in) {
    boolean chunked = in.getHeaders().contains(HttpHeader.TRANSFER_ENCODING);
    return kilobytes(chunked ? MAX_BODY_BYTES : Math.max(0, in.getLength()));
  }

  private static int kilobytes(long length) {
    return (int) ((length + KILOBYTE - 1) / KILOBYTE);
  }

  private static Response full() {
    return HttpException.notReady("Bodies of other requests take all room; ask again in a moment")
        .response()
        .with("Connection", "close");
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
    response.headers().forEach((name, values) -> put(out.getHeaders(), name, values));
    if (response.status() != 204) out.getHeaders().put(HttpHeader.CONTENT_LENGTH, bytes.length);
    out.write(true, ByteBuffer.wrap(bytes), done);
  }

  /** One line each: cookies cannot be joined. */
  private static void put(HttpFields.Mutable headers, String name, List<String> values) {
    if (values.isEmpty()) return;
    headers.put(name, values.getFirst());
    values.subList(1, values.size()).forEach(value -> headers.add(name, value));
  }
}

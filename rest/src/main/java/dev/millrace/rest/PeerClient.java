package dev.millrace.rest;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/**
 * Speaks HTTP with other workers. Made when it is first needed, and what https needs only when that
 * is. Thread-safe, guarded by a lock of its own.
 */
final class PeerClient implements AutoCloseable {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  private final Supplier<SSLContext> tls;
  private final ReentrantLock lock = new ReentrantLock();
  private Optional<HttpClient> plain = Optional.empty();
  private Optional<HttpClient> secure = Optional.empty();

  /** A client that has not opened anything; {@code tls} is asked when https is first needed. */
  PeerClient(Supplier<SSLContext> tls) {
    this.tls = tls;
  }

  /** One exchange; redirects are not followed. */
  HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
    return client(request).send(request, HttpResponse.BodyHandlers.ofString());
  }

  /** The same without waiting for it; ends by the request's timeout, or when it is cancelled. */
  CompletableFuture<HttpResponse<String>> begin(HttpRequest request) {
    return client(request).sendAsync(request, HttpResponse.BodyHandlers.ofString());
  }

  private HttpClient client(HttpRequest request) {
    lock.lock();
    try {
      if (!"https".equalsIgnoreCase(request.uri().getScheme())) {
        plain = Optional.of(plain.orElseGet(() -> builder().build()));
        return plain.get();
      }
      secure = Optional.of(secure.orElseGet(() -> builder().sslContext(tls.get()).build()));
      return secure.get();
    } finally {
      lock.unlock();
    }
  }

  private static HttpClient.Builder builder() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .followRedirects(HttpClient.Redirect.NEVER)
        .connectTimeout(CONNECT_TIMEOUT);
  }

  /** Ends exchanges under way. */
  @Override
  public void close() {
    lock.lock();
    try {
      plain.ifPresent(HttpClient::shutdownNow);
      secure.ifPresent(HttpClient::shutdownNow);
    } finally {
      lock.unlock();
    }
  }
}

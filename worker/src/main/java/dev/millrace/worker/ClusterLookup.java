package dev.millrace.worker;

import dev.millrace.kafka.Reminder;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks Kafka for its cluster id beside the start, until it tells. Thread-safe. */
final class ClusterLookup implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ClusterLookup.class);
  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final Duration AGAIN = Duration.ofSeconds(1);

  private final Map<String, Object> settings;
  private final String brokers;
  private volatile Optional<Admin> client = Optional.empty();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Reminder reminder = new Reminder(); // of the thread that asks
  private final CompletableFuture<String> found = new CompletableFuture<>();
  private boolean asked; // confined to the thread that asks

  /**
   * A lookup that has not begun.
   *
   * @param settings of the client that asks
   * @param brokers as they are named in messages
   */
  ClusterLookup(Map<String, Object> settings, String brokers) {
    this.settings = settings;
    this.brokers = brokers;
  }

  void begin() {
    onThread(this::askOn);
  }

  private static void onThread(Runnable task) {
    Thread.ofVirtual().name("cluster-id").start(task);
  }

  /** Gives the id, as soon as it is known, on a thread of the lookup's. */
  void tell(Consumer<String> told) {
    var unused =
        found
            .thenAcceptAsync(told, ClusterLookup::onThread)
            .exceptionally(
                error -> {
                  LOG.warn("The cluster id of Kafka at {} was not taken: {}", brokers, error);
                  return null;
                });
  }

  /** The cluster's id; empty as long as Kafka has not told it. */
  String id() {
    return found.getNow("");
  }

  private void askOn() {
    try {
      while (!found.isDone() && !closed.await(pause(), TimeUnit.MILLISECONDS)) tryOnce();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private long pause() {
    return asked ? AGAIN.toMillis() : 0;
  }

  private void tryOnce() throws InterruptedException {
    asked = true;
    try {
      ask();
    } catch (ExecutionException | TimeoutException | RuntimeException e) {
      String why = "Kafka at %s does not tell its cluster id: %s".formatted(brokers, e);
      if (!isClosed() && reminder.due(why)) LOG.warn("{}. It is asked again", why);
    }
  }

  private boolean isClosed() {
    return closed.getCount() == 0;
  }

  private void ask() throws ExecutionException, TimeoutException, InterruptedException {
    var admin = Admin.create(settings);
    client = Optional.of(admin);
    try {
      if (isClosed()) return; // whoever closes may not have seen the client
      found.complete(
          admin.describeCluster().clusterId().get(DEADLINE.toSeconds(), TimeUnit.SECONDS));
    } finally {
      admin.close(Duration.ZERO);
    }
  }

  @Override
  public void close() {
    closed.countDown();
    client.ifPresent(admin -> admin.close(Duration.ZERO));
  }
}

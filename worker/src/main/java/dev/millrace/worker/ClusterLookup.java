package dev.millrace.worker;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks Kafka for its cluster id once, beside the start. Thread-safe. */
final class ClusterLookup implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ClusterLookup.class);
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  private final Map<String, Object> settings;
  private final String brokers;
  private volatile Optional<Admin> client = Optional.empty();
  private volatile boolean closed;
  private final CompletableFuture<String> found = new CompletableFuture<>();

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
    onThread(this::ask);
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

  private void ask() {
    var admin = Admin.create(settings);
    client = Optional.of(admin);
    try {
      if (closed) return; // whoever closes may not have seen the client
      found.complete(
          admin.describeCluster().clusterId().get(DEADLINE.toSeconds(), TimeUnit.SECONDS));
    } catch (ExecutionException | TimeoutException | RuntimeException e) {
      if (!closed) LOG.warn("Kafka at {} did not tell its cluster id: {}", brokers, e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      admin.close(Duration.ZERO);
    }
  }

  @Override
  public void close() {
    closed = true;
    client.ifPresent(admin -> admin.close(Duration.ZERO));
  }
}

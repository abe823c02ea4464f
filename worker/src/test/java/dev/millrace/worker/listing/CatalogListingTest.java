package dev.millrace.worker.listing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.plugins.PluginCatalog;
import dev.millrace.plugins.PluginDiscovery;
import dev.millrace.plugins.PluginScan;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.sink.SinkConnector;
import org.junit.jupiter.api.Test;

/** What plugins say of their settings, also when they take their time. */
class CatalogListingTest {

  /** Does not tell its settings for a while. */
  public static final class Slow extends SinkConnector {
    private static final CountDownLatch TELLS = new CountDownLatch(1);
    private static final AtomicInteger ASKED = new AtomicInteger();

    @Override
    public ConfigDef config() {
      ASKED.incrementAndGet();
      try {
        assertThat(TELLS.await(2, TimeUnit.MINUTES)).isTrue();
      } catch (InterruptedException e) {
        throw new AssertionError("nobody interrupts it", e);
      }
      return new ConfigDef().define("own", ConfigDef.Type.STRING, Importance.LOW, "");
    }

    @Override
    public String version() {
      return "1";
    }

    @Override
    public void start(Map<String, String> props) {}

    @Override
    public Class<? extends Task> taskClass() {
      return Task.class;
    }

    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
      return List.of();
    }

    @Override
    public void stop() {}
  }

  @Test
  void aPluginThatHangsIsAskedOnceHoweverManyWantToKnow() throws Exception {
    var scan = PluginScan.of(List.of(), CatalogListingTest.class.getClassLoader());
    try (var catalog = PluginCatalog.scan(scan.discovery(PluginDiscovery.ONLY_SCAN))) {
      var listing = new CatalogListing(catalog, new ConfigDef(), new ConfigDef());
      var answers = IntStream.range(0, 5).mapToObj(i -> asked(listing)).toList();
      awaitWaiting(5);
      Slow.TELLS.countDown();
      for (var answer : answers) {
        assertThat(answer).succeedsWithin(Duration.ofMinutes(1)).isEqualTo(List.of("own"));
      }
      assertThat(Slow.ASKED).hasValue(1);
      assertThat(asked(listing)).succeedsWithin(Duration.ofMinutes(1));
      assertThat(Slow.ASKED).as("what was answered is asked anew").hasValueGreaterThan(1);
    }
  }

  private static CompletableFuture<List<String>> asked(CatalogListing listing) {
    var answer = new CompletableFuture<List<String>>();
    Thread.ofPlatform()
        .daemon()
        .name("asks-for-settings")
        .start(
            () -> {
              try {
                var keys = listing.settings(Slow.class.getName(), "");
                answer.complete(keys.stream().map(key -> key.name).toList());
              } catch (RuntimeException | Error e) {
                answer.completeExceptionally(e);
              }
            });
    return answer;
  }

  private static void awaitWaiting(int count) {
    long end = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    while (waiting() < count) {
      assertThat(System.nanoTime()).as("time left for those who ask").isLessThan(end);
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static long waiting() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("asks-for-settings"))
        .filter(thread -> thread.getState() == Thread.State.TIMED_WAITING)
        .count();
  }
}

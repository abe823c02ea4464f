package dev.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.common.errors.RetriableException;
import org.junit.jupiter.api.Test;

/** The offset store without a Kafka. */
class KafkaOffsetStoreTest {

  private static KafkaOffsetStore store() {
    ClientSettings clients = new ClientSettings(Map.of("bootstrap.servers", "127.0.0.1:1"), "");
    return new KafkaOffsetStore(
        new OffsetStoreSettings(
            new TopicSpec("offsets", 3, (short) -1, Map.of()),
            clients.offsetStoreProducer(),
            clients.offsetStoreConsumer(true),
            clients.offsetStoreAdmin(),
            new OffsetStoreSettings.Times(
                Duration.ofMinutes(10), Duration.ZERO, Duration.ofMinutes(1))));
  }

  @Test
  void closeAnswersRequestsWhoseTurnHasNotCome() {
    CompletableFuture<?> running;
    CompletableFuture<?> waiting;
    try (KafkaOffsetStore store = store()) {
      running = store.write("c", Map.of(Map.of("p", 1), Map.of("n", 1))).toCompletableFuture();
      waiting = store.write("c", Map.of(Map.of("p", 2), Map.of("n", 2))).toCompletableFuture();
      Thread.currentThread().interrupt(); // close does not wait for the one that is running
    }
    assertThat(Thread.interrupted()).isTrue();
    assertThat(waiting).isCompletedExceptionally();
    assertThatThrownBy(() -> waiting.get(1, TimeUnit.MINUTES))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(KafkaAccessException.class)
        .hasMessageContaining("'offsets' is closed");
    assertThatThrownBy(() -> running.get(1, TimeUnit.MINUTES))
        .isInstanceOf(ExecutionException.class);
  }

  /** More tasks than that may begin while Kafka is away: they try again, and do not fail. */
  @Test
  void whatFindsNoRoomMayBeTriedAgain() {
    try (var store = store()) {
      var asked =
          IntStream.range(0, 1_500)
              .mapToObj(n -> store.read("c", List.of(Map.of("p", n))).toCompletableFuture())
              .toList();
      var refused = asked.stream().filter(CompletableFuture::isCompletedExceptionally).toList();
      assertThat(refused).isNotEmpty();
      assertThat(refused)
          .extracting(CompletableFuture::exceptionNow)
          .allSatisfy(why -> assertThat(why).hasCauseInstanceOf(RetriableException.class));
      Thread.currentThread().interrupt(); // close does not wait for the one that is running
    }
    assertThat(Thread.interrupted()).isTrue();
  }
}

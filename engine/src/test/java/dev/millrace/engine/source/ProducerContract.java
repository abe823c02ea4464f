package dev.millrace.engine.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What the data path of sources relies on in a producer, and so what a simulated one has to share
 * with Kafka's. Every test has a topic of its own.
 */
abstract class ProducerContract {
  private final List<Producer<byte[], byte[]>> made = new ArrayList<>();
  private final List<Exception> errors = new CopyOnWriteArrayList<>();
  private final List<Long> offsets = new CopyOnWriteArrayList<>();

  /** A producer; the id is null for one without transactions. */
  abstract Producer<byte[], byte[]> make(String transactionalId);

  /** The values a reader of committed records sees, once there are at least so many. */
  abstract List<String> committed(String topic, int atLeast);

  private Producer<byte[], byte[]> plain() {
    return noted(make(null));
  }

  private Producer<byte[], byte[]> transactional(String id) {
    Producer<byte[], byte[]> producer = noted(make(id));
    producer.initTransactions();
    return producer;
  }

  private Producer<byte[], byte[]> noted(Producer<byte[], byte[]> producer) {
    made.add(producer);
    return producer;
  }

  @AfterEach
  void close() {
    made.forEach(producer -> producer.close(Duration.ZERO));
  }

  @SuppressWarnings("FutureReturnValueIgnored") // the callback tells
  private void send(Producer<byte[], byte[]> producer, String topic, String value) {
    sent(producer, topic, value);
  }

  private Future<RecordMetadata> sent(
      Producer<byte[], byte[]> producer, String topic, String value) {
    return producer.send(
        new ProducerRecord<>(topic, 0, null, value.getBytes(StandardCharsets.UTF_8)),
        (metadata, error) -> {
          if (error == null) {
            offsets.add(metadata.offset());
          } else {
            errors.add(error);
          }
        });
  }

  private static String tooLarge() {
    return "x".repeat(2_000_000);
  }

  @Test
  void acknowledgesTheRecordsOfAPartitionInOrder() {
    var producer = plain();
    for (int i = 0; i < 100; i++) {
      send(producer, "order", "v" + i);
    }
    producer.flush();
    assertThat(offsets).hasSize(100).isSorted();
    assertThat(committed("order", 100)).hasSize(100).startsWith("v0", "v1").endsWith("v99");
  }

  @Test
  void aTransactionIsVisibleOnceCommittedAndAnsweredBefore() {
    var producer = transactional("commit");
    producer.beginTransaction();
    Future<RecordMetadata> answer = sent(producer, "commit", "a");
    producer.flush();
    assertThat(answer).isDone();
    assertThat(committed("commit", 0)).isEmpty();
    send(producer, "commit", "b");
    producer.commitTransaction();
    assertThat(offsets).hasSize(2);
    assertThat(committed("commit", 2)).containsExactly("a", "b");
  }

  @Test
  void anAbortedTransactionIsNeverVisibleAndAllItsRecordsAreAnswered() {
    var producer = transactional("abort");
    producer.beginTransaction();
    for (int i = 0; i < 10; i++) {
      send(producer, "abort", "no" + i);
    }
    producer.abortTransaction();
    assertThat(offsets.size() + errors.size()).isEqualTo(10);
    producer.beginTransaction();
    send(producer, "abort", "yes");
    producer.commitTransaction();
    assertThat(committed("abort", 1)).containsExactly("yes");
  }

  @Test
  void aNewProducerOfTheSameIdShutsOutTheOldOne() {
    var old = transactional("fence");
    old.beginTransaction();
    send(old, "fence", "old");
    old.flush();
    var young = transactional("fence");
    assertThatThrownBy(old::commitTransaction).isInstanceOf(KafkaException.class);
    young.beginTransaction();
    send(young, "fence", "young");
    young.commitTransaction();
    assertThat(committed("fence", 1)).containsExactly("young");
    assertThatThrownBy(
            () -> {
              old.abortTransaction();
              old.beginTransaction();
              send(old, "fence", "late");
              old.commitTransaction();
            })
        .isInstanceOfAny(KafkaException.class, IllegalStateException.class);
    assertThat(committed("fence", 1)).containsExactly("young");
  }

  @Test
  void anOpenTransactionHidesWhatFollowsUntilItsSuccessorBegins() {
    var killed = transactional("killed");
    killed.beginTransaction();
    send(killed, "hidden", "open");
    killed.flush();
    var plain = plain();
    send(plain, "hidden", "after");
    plain.flush();
    assertThat(committed("hidden", 0)).isEmpty();
    transactional("killed");
    assertThat(committed("hidden", 1)).containsExactly("after");
  }

  @Test
  void aRecordThatIsTooLargeFailsByItselfOutsideOfTransactions() {
    var producer = plain();
    Future<RecordMetadata> large = sent(producer, "large", tooLarge());
    send(producer, "large", "small");
    producer.flush();
    assertThat(large.state()).isEqualTo(Future.State.FAILED);
    assertThat(errors).singleElement().isInstanceOf(RecordTooLargeException.class);
    assertThat(committed("large", 1)).containsExactly("small");
  }

  @Test
  void aRecordThatIsTooLargeFailsItsTransactionButNotTheNext() {
    var producer = transactional("large");
    producer.beginTransaction();
    send(producer, "large-tx", "before");
    send(producer, "large-tx", tooLarge());
    assertThatThrownBy(() -> send(producer, "large-tx", "behind"))
        .isInstanceOf(KafkaException.class);
    assertThatThrownBy(producer::commitTransaction).isInstanceOf(KafkaException.class);
    producer.abortTransaction();
    producer.beginTransaction();
    send(producer, "large-tx", "next");
    producer.commitTransaction();
    assertThat(committed("large-tx", 1)).containsExactly("next");
  }

  @Test
  void aClosedProducerHasAnsweredEveryRecordAndTakesNoMore() {
    var producer = plain();
    for (int i = 0; i < 50; i++) {
      send(producer, "closed", "v" + i);
    }
    producer.close(Duration.ZERO);
    assertThat(offsets.size() + errors.size()).isEqualTo(50);
    assertThatThrownBy(() -> send(producer, "closed", "late"))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void closingWithTimeDeliversWhatIsOnItsWay() {
    var producer = plain();
    send(producer, "closing", "a");
    producer.close(Duration.ofSeconds(30));
    assertThat(errors).isEmpty();
    assertThat(committed("closing", 1)).containsExactly("a");
  }

  @Test
  void closingWithTimeAbortsTheOpenTransaction() {
    var producer = transactional("closing");
    producer.beginTransaction();
    send(producer, "closing-tx", "open");
    producer.flush();
    var plain = plain();
    send(plain, "closing-tx", "after");
    plain.flush();
    producer.close(Duration.ofSeconds(30));
    assertThat(committed("closing-tx", 1)).containsExactly("after");
  }

  @Test
  void transactionsHaveAnOrder() {
    var fresh = noted(make("states"));
    assertThatThrownBy(fresh::beginTransaction).isInstanceOf(IllegalStateException.class);
    fresh.initTransactions();
    assertThatThrownBy(() -> send(fresh, "states", "early"))
        .isInstanceOf(IllegalStateException.class);
  }
}

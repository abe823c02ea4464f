package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Making, releasing and closing. */
class OnDemandProducerTest {
  private static final Upkeep UPKEEP =
      new Upkeep(CommitSettings.DEFAULT, Duration.ofSeconds(1), Runnable::run);

  private final List<MockProducer<byte[], byte[]>> made = new ArrayList<>();
  private final VirtualWaits waits = new VirtualWaits(() -> true);
  private final List<Exception> answers = new ArrayList<>();
  private final Environment environment =
      new Environment(
          waits, new RecordingListener(), new Counters(), Pipelines::noMetrics, text -> text);
  private final OnDemandProducer producer = new OnDemandProducer(this::make, environment);
  private int refusals;

  private Producer<byte[], byte[]> make() {
    if (refusals > 0) {
      refusals--;
      throw new KafkaException("no such host");
    }
    made.add(new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer()));
    return made.getLast();
  }

  /** What its user does all the time: it sees the producer idle, and a second later still. */
  private void beIdle() {
    producer.releaseIfIdle(UPKEEP);
    waits.advance(1_000);
    producer.releaseIfIdle(UPKEEP);
  }

  private void send() {
    producer.send(new ProducerRecord<>("t", new byte[0]), (metadata, error) -> answers.add(error));
  }

  @Test
  void isMadeAtTheFirstRecordAndReleasedOnlyWhenIdle() {
    producer.releaseIfIdle(UPKEEP);
    assertThat(made).isEmpty();
    send();
    waits.advance(5_000);
    producer.releaseIfIdle(UPKEEP);
    assertThat(made.getFirst().closed()).as("closed with a record on its way").isFalse();
    assertThat(made.getFirst().completeNext()).isTrue();
    producer.releaseIfIdle(UPKEEP);
    assertThat(made.getFirst().closed()).as("closed too early").isFalse();
    waits.advance(1_000);
    producer.releaseIfIdle(UPKEEP);
    assertThat(made.getFirst().closed()).isTrue();
    send();
    assertThat(made).hasSize(2);
  }

  @Test
  void aSendThatThrowsDoesNotCount() {
    send();
    made.getFirst().sendException = new KafkaException("refused");
    assertThatThrownBy(this::send).hasMessage("refused");
    assertThat(made.getFirst().completeNext()).isTrue();
    beIdle();
    assertThat(made.getFirst().closed()).isTrue();
    assertThat(answers).hasSize(1);
  }

  @Test
  @DisplayName("§4.23 a record fails when no producer can be made, but waits for one made again")
  void waitsForOneThatIsMadeAgain() {
    refusals = 1;
    assertThatThrownBy(this::send).hasMessage("no such host");
    send();
    assertThat(made.getFirst().completeNext()).isTrue();
    beIdle();
    refusals = 3;
    long before = waits.nowMs();
    send();
    assertThat(made).hasSize(2);
    assertThat(waits.nowMs() - before).isEqualTo(3_000);
  }

  @Test
  void aCloseEndsTheWaitForOneThatIsMadeAgain() {
    send();
    assertThat(made.getFirst().completeNext()).isTrue();
    beIdle();
    refusals = Integer.MAX_VALUE;
    waits.onWait = () -> producer.close(Duration.ZERO);
    assertThatThrownBy(this::send).isInstanceOf(WorkCancelled.class);
  }

  @Test
  void takesNothingOnceClosed() {
    send();
    producer.close(Duration.ZERO);
    producer.close(Duration.ZERO);
    assertThat(made.getFirst().closed()).isTrue();
    assertThatThrownBy(this::send).isInstanceOf(WorkCancelled.class);
    assertThat(made).hasSize(1);
  }

  @Test
  void aSecondCloseCutsTheFirstShort() {
    List<Duration> closes = new ArrayList<>();
    var slow =
        new OnDemandProducer(
            () ->
                new MockProducer<>(
                    true, null, new ByteArraySerializer(), new ByteArraySerializer()) {
                  @Override
                  public void close(Duration timeout) {
                    closes.add(timeout);
                  }
                },
            environment);
    slow.send(new ProducerRecord<>("t", new byte[0]), (metadata, error) -> answers.add(error));
    slow.close(Duration.ofSeconds(30));
    slow.close(Duration.ZERO);
    assertThat(closes).containsExactly(Duration.ofSeconds(30), Duration.ZERO);
  }
}

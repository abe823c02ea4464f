package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.model.errors.DeadLetterSettings;
import dev.millrace.model.errors.ErrorSettings;
import dev.millrace.model.errors.Tolerance;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.storage.StringConverter;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What becomes of a sink's bad records (compat: semantics §7). */
class DeadLetterReporterTest {
  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
  private final Environment environment =
      new Environment(
          new VirtualWaits(() -> true),
          new RecordingListener(),
          new Counters(),
          Pipelines::noMetrics,
          text -> text);
  private final List<String> topics = new ArrayList<>();

  private Reporter reporter(boolean contextHeaders) {
    var settings =
        new ErrorSettings(
            Duration.ZERO,
            Duration.ZERO,
            Tolerance.ALL,
            false,
            false,
            new DeadLetterSettings("dlq", (short) 1, contextHeaders));
    return Reporters.forSink(settings, environment, Pipelines.queue(() -> producer, topics::add))
        .get(0);
  }

  private ProducerRecord<byte[], byte[]> sent(boolean contextHeaders, Throwable error) {
    var unused = reporter(contextHeaders).report(RecordErrorsTest.report(error));
    return producer.history().get(0);
  }

  @Test
  @DisplayName("§7.6 a dead letter is the record as it was consumed")
  void asConsumed() {
    var letter = sent(false, new IllegalStateException("bad"));
    assertThat(letter.topic()).isEqualTo("dlq");
    assertThat(letter.partition()).isNull();
    assertThat(letter.timestamp()).isEqualTo(99);
    assertThat(letter.key()).containsExactly('k');
    assertThat(letter.value()).containsExactly('v');
    assertThat(letter.headers()).extracting(h -> h.key()).containsExactly("own");
  }

  @Test
  @DisplayName("§7.7 the headers that tell why")
  void contextHeaders() {
    var letter = sent(true, new IllegalStateException((String) null));
    Map<String, String> headers = new LinkedHashMap<>();
    letter
        .headers()
        .forEach(
            h ->
                headers.put(
                    h.key(),
                    h.value() == null ? null : new String(h.value(), StandardCharsets.UTF_8)));
    String trace = headers.remove("__connect.errors.exception.stacktrace");
    assertThat(trace).startsWith("java.lang.IllegalStateException").contains("\tat ");
    assertThat(headers)
        .containsOnlyKeys(
            "own",
            "__connect.errors.topic",
            "__connect.errors.partition",
            "__connect.errors.offset",
            "__connect.errors.connector.name",
            "__connect.errors.task.id",
            "__connect.errors.stage",
            "__connect.errors.class.name",
            "__connect.errors.exception.class.name",
            "__connect.errors.exception.message")
        .containsEntry("__connect.errors.topic", "t")
        .containsEntry("__connect.errors.partition", "2")
        .containsEntry("__connect.errors.offset", "7")
        .containsEntry("__connect.errors.connector.name", "snk")
        .containsEntry("__connect.errors.task.id", "3")
        .containsEntry("__connect.errors.stage", "VALUE_CONVERTER")
        .containsEntry("__connect.errors.class.name", StringConverter.class.getName())
        .containsEntry("__connect.errors.exception.class.name", "java.lang.IllegalStateException")
        .containsEntry("__connect.errors.exception.message", null);
  }

  @Test
  @DisplayName("§7.6 a letter that cannot be written is logged and counted, and holds nothing up")
  void aFailedWriteIsNotFatal() {
    var done = reporter(false).report(RecordErrorsTest.report(new IllegalStateException("bad")));
    assertThat(done).isNotDone();
    producer.errorNext(new TimeoutException("no answer"));
    assertThat(done).isCompleted();
    assertThat(environment.counters().get(Count.DEAD_LETTER_FAILURES)).isEqualTo(1);
  }

  @Test
  @DisplayName("§7.12 the producer of dead letters is made at the first one and released when idle")
  void itsProducerIsMadeOnDemand() {
    List<String> life = new ArrayList<>();
    VirtualWaits waits = new VirtualWaits(() -> true);
    Environment timed =
        new Environment(
            waits, new RecordingListener(), new Counters(), Pipelines::noMetrics, text -> text);
    MockProducer<byte[], byte[]> prompt =
        new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    Reporter reporter =
        new DeadLetterReporter(
            new DeadLetterSettings("dlq", (short) 1, false),
            new OnDemandProducer(
                () -> {
                  life.add("made");
                  return prompt;
                },
                timed),
            new Upkeep(CommitSettings.DEFAULT, Duration.ofSeconds(1), Runnable::run),
            environment);
    reporter.tick();
    assertThat(life).isEmpty();
    var unused = reporter.report(RecordErrorsTest.report(new IllegalStateException("bad")));
    assertThat(life).containsExactly("made");
    reporter.tick();
    assertThat(prompt.closed()).isFalse();
    waits.advance(1_000);
    reporter.tick();
    assertThat(prompt.closed()).isTrue();
  }

  @Test
  @DisplayName("§7.8 the topic is made sure of first, and a refusal fails the task")
  void topicFirst() {
    reporter(false);
    assertThat(topics).containsExactly("dlq");
    var settings =
        new ErrorSettings(
            Duration.ZERO,
            Duration.ZERO,
            Tolerance.ALL,
            false,
            false,
            new DeadLetterSettings("dlq", (short) 1, false));
    assertThatThrownBy(
            () ->
                Reporters.forSink(
                    settings,
                    environment,
                    Pipelines.queue(
                        () -> producer,
                        topic -> {
                          throw new ConnectException("not allowed");
                        })))
        .hasMessage("not allowed");
  }
}

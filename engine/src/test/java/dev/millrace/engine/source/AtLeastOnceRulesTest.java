package dev.millrace.engine.source;

import static dev.millrace.engine.source.SourceRig.record;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.Attempts;
import dev.millrace.engine.Count;
import dev.millrace.engine.Outcome;
import dev.millrace.engine.RecordConverters;
import dev.millrace.engine.RecordPipeline;
import dev.millrace.engine.SourcePipeline;
import dev.millrace.model.errors.Tolerance;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.SimpleHeaderConverter;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules of section 4 of docs/semantics.md, at least once. */
class AtLeastOnceRulesTest {
  private final SourceRig rig = new SourceRig();

  @Test
  @DisplayName("§4.1 a poll without records, or that fails for the moment, is followed by the next")
  void pollsAgain() {
    rig.start();
    rig.polls.add(() -> null);
    rig.polls.add(
        () -> {
          throw new RetriableException("later");
        });
    rig.polls.add(
        () -> {
          throw new NotLeaderOrFollowerException("later");
        });
    rig.steps(3).poll(record(0, 1)).stop();
    assertThat(rig.written()).containsExactly("1");
    assertThat(rig.calls).containsSubsequence("poll", "poll", "poll", "poll", "stop");
  }

  @Test
  @DisplayName("§4.1 another exception of poll fails the task")
  void pollFails() {
    rig.start();
    rig.polls.add(
        () -> {
          throw new IllegalStateException("broken");
        });
    assertThat(rig.failure()).isInstanceOf(IllegalStateException.class).hasMessage("broken");
    assertThat(rig.listener.reports).containsExactly("started", "failed");
  }

  @Test
  @DisplayName("§4.2 stop() comes after the loop, when the last records have been sent")
  void stopsLast() {
    rig.start();
    rig.polls.add(
        () -> {
          rig.runner.stop();
          assertThat(rig.calls).doesNotContain("stop");
          return List.of(record(0, 1));
        });
    rig.steps(1).stop();
    assertThat(rig.calls).containsExactly("start", "poll", "commitRecord 1 t", "commit", "stop");
  }

  @Test
  @DisplayName("§4.3 transformations, then headers, key and value, then the producer's record")
  void conversion() {
    List<String> order = new ArrayList<>();
    SourceRecord polled =
        new SourceRecord(null, null, "t", 5, null, "k", Schema.STRING_SCHEMA, "v", 9L);
    polled.headers().addString("h", "x");
    var pipeline = new RecordPipeline<SourceRecord>(List.of(), Noting.converters(order));
    var outcome = SourcePipeline.apply(pipeline, polled, Attempts.ONCE);
    ProducerRecord<byte[], byte[]> made =
        ((Outcome.Passed<ProducerRecord<byte[], byte[]>>) outcome).value();
    assertThat(order).containsExactly("header", "key", "value");
    assertThat(made.topic()).isEqualTo("t");
    assertThat(made.partition()).isEqualTo(5);
    assertThat(made.timestamp()).isEqualTo(9L);
    assertThat(made.headers().toArray())
        .extracting(Header::key)
        .containsExactly("h", "added by key", "added by value");
  }

  /** Converters that write down their turn; those of key and value add a header. */
  private record Noting(List<String> order, String name) implements Converter {
    static RecordConverters converters(List<String> order) {
      ClassLoader loader = Noting.class.getClassLoader();
      SimpleHeaderConverter headers =
          new SimpleHeaderConverter() {
            @Override
            public byte[] fromConnectHeader(String topic, String key, Schema schema, Object value) {
              order.add("header");
              return super.fromConnectHeader(topic, key, schema, value);
            }
          };
      return new RecordConverters(
          new RecordConverters.Loaded<>(new Noting(order, "key"), loader),
          new RecordConverters.Loaded<>(new Noting(order, "value"), loader),
          new RecordConverters.Loaded<>(headers, loader));
    }

    @Override
    public void configure(Map<String, ?> configs, boolean isKey) {}

    @Override
    public byte[] fromConnectData(String topic, Headers headers, Schema schema, Object value) {
      order.add(name);
      headers.add("added by " + name, new byte[0]);
      return new byte[0];
    }

    @Override
    public byte[] fromConnectData(String topic, Schema schema, Object value) {
      throw new IllegalStateException("called without headers");
    }

    @Override
    public SchemaAndValue toConnectData(String topic, byte[] value) {
      return SchemaAndValue.NULL;
    }
  }

  @Test
  @DisplayName("§4.4 timestamp -1 means none, another negative one fails the task in any case")
  void timestamps() {
    rig.tolerance = Tolerance.ALL;
    rig.transformation = record -> stamped(record, record.value().equals("1") ? -1L : -2L);
    rig.start().poll(record(0, 1)).process.landAll();
    assertThat(rig.kafka.committed("t").getFirst().record.timestamp()).isNull();
    rig.polls.add(() -> List.of(record(0, 2)));
    assertThat(rig.failure()).isInstanceOf(ConnectException.class).hasMessageContaining("-2");
  }

  private static SourceRecord stamped(SourceRecord record, Long timestamp) {
    return record.newRecord(
        record.topic(), 0, null, null, record.valueSchema(), record.value(), timestamp);
  }

  @Test
  @DisplayName("§4.5 a record that is dropped is told to the task, and its offset is not recorded")
  void dropped() {
    rig.transformation = record -> record.value().equals("2") ? null : record;
    rig.start().poll(record(0, 1), record(1, 2)).stop();
    assertThat(rig.written()).containsExactly("1");
    assertThat(rig.calls).contains("commitRecord 1 t", "commitRecord 2 left out");
    assertThat(rig.offsets()).isEqualTo(Map.of("0", 1L));
    assertThat(rig.counters.get(Count.SOURCE_ACTIVE)).isZero();
  }

  @Test
  @DisplayName(
      "§4.6 a failed record is left out under tolerance all, and fails the task under none")
  void failed() {
    rig.tolerance = Tolerance.ALL;
    rig.transformation = AtLeastOnceRulesTest::refuseTwo;
    rig.start().poll(record(0, 1), record(1, 2)).stop();
    assertThat(rig.calls).contains("commitRecord 2 left out");
    assertThat(rig.offsets()).isEqualTo(Map.of("0", 1L));
    SourceRig strict = new SourceRig();
    strict.transformation = AtLeastOnceRulesTest::refuseTwo;
    strict.start();
    strict.polls.add(() -> List.of(record(0, 1), record(0, 2)));
    assertThat(strict.failure())
        .hasMessage("Tolerance exceeded in error handler")
        .hasCauseInstanceOf(DataException.class);
    assertThat(strict.offsets()).isEqualTo(Map.of("0", 1L));
  }

  private static SourceRecord refuseTwo(SourceRecord record) {
    if (record.value().equals("2")) {
      throw new DataException("no twos");
    }
    return record;
  }

  @Test
  @DisplayName(
      "§4.7 what fails for the moment is done again after 100 ms, transformations included")
  void again() {
    List<Object> transformed = new ArrayList<>();
    rig.transformation =
        record -> {
          transformed.add(record.value());
          return record;
        };
    int[] refusals = {2};
    rig.topics =
        topic -> {
          if (refusals[0]-- > 0) {
            throw new RetriableException("no leader");
          }
        };
    rig.start();
    long before = rig.waits.nowMs();
    rig.poll(record(0, 1), record(0, 2)).steps(2);
    assertThat(rig.waits.nowMs() - before).isGreaterThanOrEqualTo(200);
    rig.stop();
    assertThat(transformed).containsExactly("1", "1", "1", "2");
    assertThat(rig.written()).containsExactly("1", "2");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @DisplayName("§4.7 another failure of topic creation fails the task under any tolerance")
  void notAgain(boolean ofConnect) {
    rig.tolerance = Tolerance.ALL;
    rig.topics =
        topic -> {
          throw ofConnect ? new ConnectException("no") : new KafkaException("no");
        };
    rig.start();
    rig.polls.add(() -> List.of(record(0, 1)));
    assertThat(rig.failure()).isInstanceOf(ConnectException.class).hasMessageContaining("'t'");
  }

  @Test
  @DisplayName("§4.7 what send throws is done again when it is for the moment, and else is fatal")
  void sendThrows() {
    rig.tolerance = Tolerance.ALL;
    rig.start().poll(record(0, 1)).process.landAll();
    var producer = rig.process.producers().getFirst();
    producer.refusals.add(new NotLeaderOrFollowerException("moment"));
    rig.poll(record(0, 2)).steps(1).process.landAll();
    assertThat(rig.written()).containsExactly("1", "2");
    producer.refusals.add(new KafkaException("for good"));
    rig.polls.add(() -> List.of(record(0, 3)));
    assertThat(rig.failure()).hasMessage("for good");
    assertThat(rig.offsets()).isEqualTo(Map.of("0", 2L));
  }

  @Test
  @DisplayName("§4.8 an acknowledged record is told to the task, whose exceptions are only logged")
  void commitRecord() {
    rig.onCommitRecord =
        () -> {
          throw new IllegalStateException("plugin");
        };
    rig.start().poll(record(0, 1)).stop();
    assertThat(rig.calls).contains("commitRecord 1 t");
    assertThat(rig.offsets()).isEqualTo(Map.of("0", 1L));
  }

  @Test
  @DisplayName("§4.9 under tolerance none a record that Kafka refuses fails the task")
  void refused() {
    rig.process.landing = false;
    rig.start().poll(record(0, 1), record(0, 2), record(1, 3));
    refuse("2");
    rig.polls.add(() -> List.of(record(0, 4)));
    assertThat(rig.failure())
        .hasMessage("Unrecoverable exception from producer send callback")
        .hasCauseInstanceOf(TopicAuthorizationException.class);
    assertThat(rig.calls).doesNotContain("commitRecord 2 left out");
  }

  private void refuse(String value) {
    rig.process
        .producers()
        .getFirst()
        .refuse(
            record -> new String(record.value(), StandardCharsets.UTF_8).equals(value),
            new TopicAuthorizationException("no"));
  }

  @Test
  @DisplayName("§4.10 under tolerance all a record that Kafka refuses is left out, and passed over")
  void refusedAndTolerated() {
    rig.tolerance = Tolerance.ALL;
    rig.process.landing = false;
    rig.start().poll(record(0, 1), record(0, 2));
    rig.process.producers().getFirst().land(0);
    refuse("2");
    rig.process.landing = true;
    rig.stop();
    assertThat(rig.calls).contains("commitRecord 1 t", "commitRecord 2 left out");
    assertThat(rig.offsets()).isEqualTo(Map.of("0", 2L));
    assertThat(rig.counters.get(Count.RECORDS_SKIPPED)).isEqualTo(1);
  }

  @Test
  @DisplayName("§4.10 what is on its way when the producer is closed is not left out, but repeated")
  void closedBeforeKafkaHadIt() {
    rig.tolerance = Tolerance.ALL;
    rig.process.landing = false;
    rig.start().poll(record(0, 1));
    rig.process.producers().getFirst().away = true;
    rig.polls.add(
        () -> {
          throw new ConnectException("the source has gone, too");
        });
    assertThat(rig.failure()).hasMessage("the source has gone, too");
    assertThat(rig.calls).contains("stop").doesNotContain("commitRecord 1 left out");
    assertThat(rig.offsets()).isEmpty();
    assertThat(rig.counters.get(Count.RECORDS_SKIPPED)).isZero();
  }

  @Test
  @DisplayName("§4.11 the task is told of records as it gave them, whatever they were changed into")
  void asPolled() {
    rig.transformation =
        record ->
            new SourceRecord(
                Map.of("p", 7), Map.of("n", 70L), "other", 0, record.valueSchema(), "changed");
    rig.start().poll(record(0, 1)).stop();
    assertThat(rig.kafka.values("other")).containsExactly("changed");
    assertThat(rig.calls).contains("commitRecord 1 other");
    assertThat(rig.offsets()).isEqualTo(Map.of("0", 1L));
  }

  @Test
  @DisplayName("§4.12 the longest acknowledged prefix of each source partition is committed")
  void prefixes() {
    rig.process.landing = false;
    rig.start().poll(record(0, 1), record(1, 5)).poll(record(0, 2), record(1, 6), record(0, 3));
    rig.process.producers().getFirst().land(0);
    rig.process.producers().getFirst().land(0);
    rig.commit().process.landing = true;
    rig.process.landAll();
    assertThat(rig.offsets()).isEqualTo(Map.of("0", 1L, "1", 5L));
    rig.stop();
    assertThat(rig.offsets()).isEqualTo(Map.of("0", 3L, "1", 6L));
  }

  @Test
  @DisplayName("§4.12 no source partition is a source partition too")
  void nullPartition() {
    rig.start().poll(record(null, Map.of("n", 9L), "x"), record(0, 1)).stop();
    assertThat(rig.offsets()).isEqualTo(Map.of("null", 9L, "0", 1L));
  }

  @Test
  @DisplayName("§4.13 commit() follows every commit of offsets, also one of nothing")
  void commitOfNothing() {
    rig.start().commit();
    assertThat(rig.calls).containsExactly("start", "commit");
    rig.poll(record(0, 1)).process.landAll();
    rig.commit().process.landAll();
    assertThat(rig.calls).containsExactly("start", "commit", "poll", "commitRecord 1 t", "commit");
    assertThat(rig.offsets()).isEqualTo(Map.of("0", 1L));
  }

  @Test
  @DisplayName("§4.13 a task inside a long poll has its offsets committed, and hears of it")
  void commitsInsidePoll() {
    rig.start().poll(record(0, 1)).process.landAll();
    rig.polls.add(
        () -> {
          rig.commit().process.landAll();
          assertThat(rig.offsets()).isEqualTo(Map.of("0", 1L));
          assertThat(rig.calls).endsWith("poll", "commit");
          return null;
        });
    rig.steps(1).stop();
  }

  @Test
  @DisplayName("§4.13 a commit() that hangs holds up neither polls nor later commits of offsets")
  void commitHangs() {
    List<Runnable> hanging = new ArrayList<>();
    rig.aside = hanging::add;
    rig.start().commit().poll(record(0, 1)).process.landAll();
    rig.commit().process.landAll();
    rig.poll(record(0, 2)).process.landAll();
    rig.commit().process.landAll();
    assertThat(rig.offsets()).isEqualTo(Map.of("0", 2L));
    assertThat(hanging).as("calls of commit() at one time").hasSize(1);
    rig.runner.stop();
    assertThat(rig.runner.step()).isFalse();
    assertThat(rig.calls).doesNotContain("commit").endsWith("stop");
  }

  @Test
  @DisplayName("§4.14 offsets that could not be committed in time are kept, and newer ones win")
  void commitFails() {
    rig.process.landing = false;
    rig.start().poll(record(0, 1), record(1, 5));
    rig.process.producers().getFirst().flush();
    rig.commit();
    rig.waits.advance(SourceRig.TIMEOUT.toMillis());
    rig.poll(record(0, 2));
    rig.process.producers().getFirst().flush();
    assertThat(rig.offsets()).isEmpty();
    assertThat(rig.counters.get(Count.COMMIT_FAILURES)).isEqualTo(1);
    rig.commit().process.landAll();
    assertThat(rig.offsets()).isEqualTo(Map.of("0", 2L, "1", 5L));
    assertThat(rig.listener.errors).isEmpty();
  }

  @Test
  @DisplayName("§4.15 an offset that cannot be stored makes commits fail until another replaces it")
  void unstorable() {
    rig.start().poll(record(Map.of("p", 0), Map.of("n", new Object()), "x"), record(1, 5));
    rig.process.landAll();
    rig.commit().process.landAll();
    assertThat(rig.offsets()).isEmpty();
    rig.poll(record(0, 2)).process.landAll();
    rig.commit().process.landAll();
    assertThat(rig.offsets()).isEqualTo(Map.of("0", 2L, "1", 5L));
    assertThat(rig.listener.errors).isEmpty();
  }

  @Test
  @DisplayName("§4.16 a task that ends or fails waits for its records and commits once more")
  void lastCommit() {
    rig.start().poll(record(0, 1)).stop();
    assertThat(rig.offsets()).isEqualTo(Map.of("0", 1L));
    assertThat(rig.calls).endsWith("commitRecord 1 t", "commit", "stop");
    SourceRig failing = new SourceRig().start().poll(record(0, 1));
    failing.polls.add(
        () -> {
          throw new IllegalStateException("broken");
        });
    assertThat(failing.failure()).hasMessage("broken");
    assertThat(failing.offsets()).isEqualTo(Map.of("0", 1L));
    assertThat(failing.calls).endsWith("commit", "stop");
  }

  @Test
  @DisplayName("§4.16 the last commit waits no longer than offset.flush.timeout.ms")
  void lastCommitIsBounded() {
    rig.process.landing = false;
    rig.start().poll(record(0, 1));
    long before = rig.waits.nowMs();
    rig.stop();
    assertThat(rig.waits.nowMs() - before).isEqualTo(SourceRig.TIMEOUT.toMillis());
    assertThat(rig.offsets()).isEmpty();
  }

  @Test
  @DisplayName("§4.17 a cancelled task commits nothing, and is not heard of any more")
  void cancelled() {
    rig.process.landing = false;
    rig.start().poll(record(0, 1));
    rig.process.producers().getFirst().flush();
    rig.runner.cancel();
    assertThat(rig.runner.step()).isFalse();
    rig.commit().process.landAll();
    assertThat(rig.offsets()).isEmpty();
    assertThat(rig.listener.reports).containsExactly("started");
    assertThat(rig.calls).endsWith("stop").doesNotContain("commit");
  }

  @Test
  @DisplayName("§4.18 a paused task is not polled, but its offsets are committed")
  void paused() {
    rig.start().poll(record(0, 1)).runner.pause();
    rig.steps(1);
    rig.polls.add(() -> List.of(record(0, 2)));
    rig.steps(3).process.landAll();
    assertThat(rig.offsets()).isEqualTo(Map.of("0", 1L));
    assertThat(rig.written()).containsExactly("1");
    rig.runner.resume();
    rig.steps(2).stop();
    assertThat(rig.written()).containsExactly("1", "2");
    assertThat(rig.listener.reports).containsExactly("started", "paused", "resumed", "stopped");
  }

  @Test
  @DisplayName("§4.20 topics are looked up once for each task and topic")
  void onceForEachTopic() {
    List<String> asked = new ArrayList<>();
    rig.topics = asked::add;
    rig.start().poll(record(0, 1), record(0, 2)).poll(record(0, 3)).stop();
    assertThat(asked).containsExactly("t");
  }

  @Test
  @DisplayName("§4.21 a topic is active once a record was written to it, by its final name")
  void activeTopics() {
    rig.process.landing = false;
    rig.transformation =
        record ->
            record.newRecord("final", 0, null, null, record.valueSchema(), record.value(), null);
    rig.start().poll(record(0, 1)).steps(1);
    assertThat(rig.listener.topics).isEmpty();
    rig.process.landAll();
    rig.steps(1);
    assertThat(rig.listener.topics).containsExactly("final");
    rig.poll(record(0, 2)).process.landAll();
    rig.stop();
    assertThat(rig.listener.topics).as("told again").containsExactly("final", "final");
  }

  @Test
  @DisplayName("§3.11 §4.10 an Error in reporting what Kafka refused fails the task")
  void anErrorOfAReportFailsTheTask() {
    rig.tolerance = Tolerance.ALL;
    rig.logged = true;
    rig.process.landing = false;
    Object unshowable =
        new Object() {
          @Override
          public String toString() {
            throw new AssertionError("cannot be shown");
          }
        };
    rig.start().poll(record(Map.of("p", unshowable), Map.of("n", 1L), "1"));
    rig.process.producers().getFirst().refuse(r -> true, new RecordTooLargeException("no"));
    assertThat(rig.failure())
        .isInstanceOf(ConnectException.class)
        .hasRootCauseInstanceOf(AssertionError.class);
    assertThat(rig.offsets()).isEmpty();
  }

  @Test
  @DisplayName("§4.22 no later offset is committed before the letter of a failed record is safe")
  void lettersFirst() {
    rig.tolerance = Tolerance.ALL;
    rig.letters = true;
    rig.process.landing = false;
    rig.transformation = AtLeastOnceRulesTest::refuseTwo;
    rig.start().poll(record(0, 1), record(0, 2), record(0, 3), record(1, 7));
    rig.process.producers().getFirst().flush();
    rig.commit().process.landAll();
    assertThat(rig.offsets()).isEqualTo(Map.of("0", 1L, "1", 7L));
    rig.process.landing = true;
    rig.stop();
    assertThat(rig.offsets()).isEqualTo(Map.of("0", 3L, "1", 7L));
    assertThat(rig.kafka.values("dlq")).containsExactly("2");
    assertThat(rig.calls).contains("commitRecord 2 left out");
  }

  @Test
  @DisplayName("§4.22 a letter that cannot be written fails the task, and holds the offset back")
  void letterFails() {
    rig.tolerance = Tolerance.ALL;
    rig.letters = true;
    rig.process.landing = false;
    rig.transformation = AtLeastOnceRulesTest::refuseTwo;
    rig.start().poll(record(0, 1), record(0, 2), record(0, 3));
    rig.process.producers().getFirst().flush();
    rig.process
        .producers()
        .getLast()
        .refuse(record -> record.topic().equals("dlq"), new TopicAuthorizationException("no"));
    rig.process.landing = true;
    assertThat(rig.failure()).hasMessageContaining("dead letter queue 'dlq'");
    assertThat(rig.offsets()).isEqualTo(Map.of("0", 1L));
    assertThat(rig.calls).doesNotContain("commitRecord 2 left out");
  }

  @Test
  @DisplayName("§4.22 a record that is too large for Kafka has a letter, cut where it must be")
  void tooLarge() {
    rig.tolerance = Tolerance.ALL;
    rig.letters = true;
    rig.kafka.largest = 20_000;
    rig.start().poll(record(Map.of("p", 0), Map.of("n", 1L), "x".repeat(30_000)), record(0, 2));
    rig.stop();
    assertThat(rig.offsets()).isEqualTo(Map.of("0", 2L));
    var letter = rig.kafka.committed("dlq").getFirst();
    assertThat(letter.value()).hasSizeBetween(1_000, 20_000);
    assertThat(letter.record.headers().lastHeader("__millrace.errors.cut").value())
        .asString()
        .isEqualTo("key of 0 bytes, value of 30000 bytes");
    assertThat(letter.record.headers().lastHeader("__connect.errors.stage").value())
        .asString()
        .isEqualTo("KAFKA_PRODUCE");
  }

  @Test
  @DisplayName("§4.24 with too many records on their way the task waits, visibly, and sends on")
  void backPressure() {
    rig.process.landing = false;
    SourceRecord[] many = new SourceRecord[5_000];
    Arrays.setAll(many, i -> record(0, i + 1L));
    rig.start().poll(many).poll(many);
    rig.polls.add(() -> List.of(record(0, 10_001)));
    boolean[] waited = new boolean[1];
    rig.waits.onWait =
        () -> {
          rig.runner.tick();
          boolean shown = rig.counters.waiting().isPresent();
          if (shown) {
            waited[0] = true;
            rig.process.landAll();
          }
        };
    rig.steps(1).stop();
    assertThat(waited[0]).isTrue();
    assertThat(rig.written()).hasSize(10_001);
  }

  @Test
  @DisplayName("§4.23 an idle producer is released, and made again at the next record")
  void idle() {
    rig.start().poll(record(0, 1)).process.landAll();
    rig.runner.tick();
    assertThat(rig.process.producers().getFirst().closed()).isFalse();
    rig.waits.advance(Duration.ofSeconds(91).toMillis());
    rig.runner.tick();
    assertThat(rig.process.producers().getFirst().closed()).isTrue();
    rig.poll(record(0, 2)).stop();
    assertThat(rig.process.producers()).hasSize(2);
    assertThat(rig.written()).containsExactly("1", "2");
  }

  @Test
  @DisplayName("§4.23 a producer is not released while a record is on its way")
  void notIdle() {
    rig.process.landing = false;
    rig.start().poll(record(0, 1));
    rig.waits.advance(Duration.ofSeconds(500).toMillis());
    rig.runner.tick();
    assertThat(rig.process.producers().getFirst().closed()).isFalse();
  }
}

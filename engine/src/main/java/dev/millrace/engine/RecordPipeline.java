package dev.millrace.engine;

import dev.millrace.engine.RecordConverters.Loaded;
import dev.millrace.model.errors.Stage;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.HeaderConverter;

/**
 * What happens to a record on its way: transformations in order, and the converters (compat:
 * semantics §8, §9). Every operation is attempted by itself and with its plugin's loader as context
 * loader, which then stays ({@link Loaders#use}). Immutable; its plugin objects are used by one
 * thread at a time.
 *
 * @param <R> SourceRecord or SinkRecord
 */
public final class RecordPipeline<R extends ConnectRecord<R>> implements AutoCloseable {
  private final List<TransformStep<R>> steps;
  private final RecordConverters converters;

  /** A pipeline of configured plugins; it closes them. */
  public RecordPipeline(List<TransformStep<R>> steps, RecordConverters converters) {
    this.steps = List.copyOf(steps);
    this.converters = Objects.requireNonNull(converters, "converters");
  }

  /** The converters. */
  public RecordConverters converters() {
    return converters;
  }

  /** Closes all plugins, also when some fail; throws the first failure. */
  @Override
  public void close() throws Exception {
    Closer closer = new Closer();
    steps.forEach(step -> closer.close(step::close));
    closer.close(converters.key()::close);
    closer.close(converters.value()::close);
    closer.close(converters.header()::close);
    closer.rethrow();
  }

  /** Applies the transformations; null when one of them dropped the record. */
  R transform(R record, Attempts attempts) throws StageFailure {
    R current = record;
    for (TransformStep<R> step : steps) {
      current = transform(step, current, attempts);
      if (current == null) {
        return null;
      }
    }
    return current;
  }

  private R transform(TransformStep<R> step, R record, Attempts attempts) throws StageFailure {
    long began = attempts.begin();
    for (int attempt = 1; ; attempt++) {
      try {
        return step.apply(record);
      } catch (Exception e) {
        again(attempts, e, attempt, began, Stage.TRANSFORMATION, step.type());
      }
    }
  }

  /** Returns when the operation is to be tried again. */
  private static void again(
      Attempts attempts, Exception error, int attempt, long began, Stage stage, Class<?> executing)
      throws StageFailure {
    try {
      attempts.failed(error, attempt, began);
    } catch (WorkCancelled e) {
      throw e;
    } catch (Exception e) {
      throw new StageFailure(stage, executing, e);
    }
  }

  /** Record to Kafka's bytes: headers, key, value. */
  Encoded encode(R record, Attempts attempts) throws StageFailure {
    Headers headers = encodeHeaders(record, attempts);
    String topic = record.topic();
    byte[] key = encode(Part.KEY, topic, headers, record.keySchema(), record.key(), attempts);
    byte[] value =
        encode(Part.VALUE, topic, headers, record.valueSchema(), record.value(), attempts);
    return new Encoded(headers, key, value);
  }

  private byte[] encode(
      Part part, String topic, Headers headers, Schema schema, Object data, Attempts attempts)
      throws StageFailure {
    Loaded<Converter> loaded = part.of(converters);
    long began = attempts.begin();
    for (int attempt = 1; ; attempt++) {
      try {
        return encode(loaded, topic, headers, schema, data);
      } catch (Exception e) {
        again(attempts, e, attempt, began, part.stage, loaded.type());
      }
    }
  }

  private static byte[] encode(
      Loaded<Converter> loaded, String topic, Headers headers, Schema schema, Object data) {
    loaded.use();
    return loaded.plugin().fromConnectData(topic, headers, schema, data);
  }

  /** Kafka's bytes to data: key, value, headers. */
  Decoded decode(String topic, Encoded bytes, Attempts attempts) throws StageFailure {
    SchemaAndValue key = decode(Part.KEY, topic, bytes.headers(), bytes.key(), attempts);
    SchemaAndValue value = decode(Part.VALUE, topic, bytes.headers(), bytes.value(), attempts);
    return new Decoded(key, value, decodeHeaders(topic, bytes.headers(), attempts));
  }

  private SchemaAndValue decode(
      Part part, String topic, Headers headers, byte[] bytes, Attempts attempts)
      throws StageFailure {
    Loaded<Converter> loaded = part.of(converters);
    long began = attempts.begin();
    for (int attempt = 1; ; attempt++) {
      try {
        return decode(loaded, topic, headers, bytes);
      } catch (Exception e) {
        again(attempts, e, attempt, began, part.stage, loaded.type());
      }
    }
  }

  private static SchemaAndValue decode(
      Loaded<Converter> loaded, String topic, Headers headers, byte[] bytes) {
    loaded.use();
    return loaded.plugin().toConnectData(topic, headers, bytes);
  }

  private Headers encodeHeaders(R record, Attempts attempts) throws StageFailure {
    long began = attempts.begin();
    for (int attempt = 1; ; attempt++) {
      try {
        return encodeHeaders(record);
      } catch (Exception e) {
        again(attempts, e, attempt, began, Stage.HEADER_CONVERTER, converters.header().type());
      }
    }
  }

  private Headers encodeHeaders(R record) {
    Headers headers = new RecordHeaders();
    if (record.headers().isEmpty()) {
      return headers;
    }
    HeaderConverter converter = converters.header().plugin();
    converters.header().use();
    for (Header header : record.headers()) {
      headers.add(
          header.key(),
          converter.fromConnectHeader(
              record.topic(), header.key(), header.schema(), header.value()));
    }
    return headers;
  }

  private ConnectHeaders decodeHeaders(String topic, Headers headers, Attempts attempts)
      throws StageFailure {
    long began = attempts.begin();
    for (int attempt = 1; ; attempt++) {
      try {
        return decodeHeaders(topic, headers);
      } catch (Exception e) {
        again(attempts, e, attempt, began, Stage.HEADER_CONVERTER, converters.header().type());
      }
    }
  }

  private ConnectHeaders decodeHeaders(String topic, Headers headers) {
    ConnectHeaders result = new ConnectHeaders();
    org.apache.kafka.common.header.Header[] present = headers.toArray();
    if (present.length == 0) {
      return result;
    }
    HeaderConverter converter = converters.header().plugin();
    converters.header().use();
    for (org.apache.kafka.common.header.Header header : present) {
      result.add(header.key(), converter.toConnectHeader(topic, header.key(), header.value()));
    }
    return result;
  }

  /** Which of a record's two parts. */
  private enum Part {
    KEY(Stage.KEY_CONVERTER),
    VALUE(Stage.VALUE_CONVERTER);

    private final Stage stage;

    Part(Stage stage) {
      this.stage = stage;
    }

    private Loaded<Converter> of(RecordConverters converters) {
      return this == KEY ? converters.key() : converters.value();
    }
  }

  /** A record's bytes. */
  @SuppressWarnings("ArrayRecordComponent") // carried between methods, never compared
  record Encoded(Headers headers, byte[] key, byte[] value) {}

  /** A record's data. */
  record Decoded(SchemaAndValue key, SchemaAndValue value, ConnectHeaders headers) {}

  /** Leaves the pipeline when an operation failed for good. */
  static final class StageFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Outcome.Failed<?> failed;

    StageFailure(Stage stage, Class<?> executing, Exception cause) {
      super(cause);
      this.failed = new Outcome.Failed<>(stage, executing, cause);
    }

    <T> Outcome<T> outcome() {
      return new Outcome.Failed<>(failed.stage(), failed.executing(), failed.error());
    }
  }
}

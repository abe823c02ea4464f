package dev.millrace.engine;

import dev.millrace.engine.RecordConverters.Loaded;
import dev.millrace.model.errors.Stage;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.HeaderConverter;

/**
 * What happens to a record on its way: transformations in order, and the converters (compat:
 * semantics §8, §9). Every operation is attempted by itself and with its plugin's loader as context
 * loader. Immutable; its plugin objects are owned by the work's thread.
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
    closer.close(() -> Loaders.run(converters.key().loader(), converters.key().plugin()::close));
    closer.close(
        () -> Loaders.run(converters.value().loader(), converters.value().plugin()::close));
    closer.close(
        () -> Loaders.run(converters.header().loader(), converters.header().plugin()::close));
    closer.rethrow();
  }

  /** Applies the transformations; null when one of them dropped the record. */
  R transform(R record, Attempts attempts) throws StageFailure {
    R current = record;
    for (TransformStep<R> step : steps) {
      current = attempt(attempts, Stage.TRANSFORMATION, step.type(), step.on(current));
      if (current == null) {
        return null;
      }
    }
    return current;
  }

  /** Record to Kafka's bytes: headers, key, value. */
  Encoded encode(R record, Attempts attempts) throws StageFailure {
    Headers headers = encodeHeaders(record, attempts);
    byte[] key =
        convert(
            attempts,
            Stage.KEY_CONVERTER,
            converters.key(),
            c -> c.fromConnectData(record.topic(), headers, record.keySchema(), record.key()));
    byte[] value =
        convert(
            attempts,
            Stage.VALUE_CONVERTER,
            converters.value(),
            c -> c.fromConnectData(record.topic(), headers, record.valueSchema(), record.value()));
    return new Encoded(headers, key, value);
  }

  /** Kafka's bytes to data: key, value, headers. */
  Decoded decode(String topic, Encoded bytes, Attempts attempts) throws StageFailure {
    SchemaAndValue key =
        convert(
            attempts,
            Stage.KEY_CONVERTER,
            converters.key(),
            c -> c.toConnectData(topic, bytes.headers(), bytes.key()));
    SchemaAndValue value =
        convert(
            attempts,
            Stage.VALUE_CONVERTER,
            converters.value(),
            c -> c.toConnectData(topic, bytes.headers(), bytes.value()));
    return new Decoded(key, value, decodeHeaders(topic, bytes.headers(), attempts));
  }

  private Headers encodeHeaders(R record, Attempts attempts) throws StageFailure {
    return convertHeaders(
        attempts,
        converter -> {
          Headers headers = new RecordHeaders();
          for (Header header : record.headers()) {
            headers.add(
                header.key(),
                converter.fromConnectHeader(
                    record.topic(), header.key(), header.schema(), header.value()));
          }
          return headers;
        });
  }

  private ConnectHeaders decodeHeaders(String topic, Headers headers, Attempts attempts)
      throws StageFailure {
    return convertHeaders(
        attempts,
        converter -> {
          ConnectHeaders result = new ConnectHeaders();
          for (org.apache.kafka.common.header.Header header : headers) {
            result.add(
                header.key(), converter.toConnectHeader(topic, header.key(), header.value()));
          }
          return result;
        });
  }

  private <T> T convertHeaders(Attempts attempts, Use<HeaderConverter, T> use) throws StageFailure {
    Loaded<HeaderConverter> loaded = converters.header();
    return attempt(
        attempts,
        Stage.HEADER_CONVERTER,
        loaded.type(),
        () -> Loaders.call(loaded.loader(), () -> use.with(loaded.plugin())));
  }

  private static <T> T convert(
      Attempts attempts, Stage stage, Loaded<Converter> loaded, Use<Converter, T> use)
      throws StageFailure {
    return attempt(
        attempts,
        stage,
        loaded.type(),
        () -> Loaders.call(loaded.loader(), () -> use.with(loaded.plugin())));
  }

  private static <T> T attempt(
      Attempts attempts, Stage stage, Class<?> executing, Callable<T> operation)
      throws StageFailure {
    try {
      return attempts.call(operation);
    } catch (WorkCancelled e) {
      throw e;
    } catch (Exception e) {
      throw new StageFailure(stage, executing, e);
    }
  }

  @FunctionalInterface
  private interface Use<P, T> {
    T with(P plugin) throws Exception;
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

package dev.millrace.connectors.processor;

import dev.millrace.connectors.processor.flow.Tally;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;

/**
 * One Kafka Streams instance of a processor. {@link #poll} never gives records: it tells the
 * runtime that the instance lives, or why it died. As a function it answers queries: a group's key
 * as text gives the group's row as JSON text. start, poll and stop are called by the runtime;
 * {@link #apply} by any thread.
 */
public final class SqlProcessorTask extends SourceTask
    implements Function<String, Optional<String>> {
  private static final Duration POLL = Duration.ofMillis(500);

  private volatile StreamsRun run;

  /** Made by the runtime. */
  public SqlProcessorTask() {}

  @Override
  public void start(Map<String, String> props) {
    run = StreamsRun.start(new ProcessorConfig(props), new Tally());
  }

  /**
   * Waits half a second, less when the task stops or fails.
   *
   * @return null always
   * @throws ConnectException when Kafka Streams has died, with the cause
   */
  @Override
  public List<SourceRecord> poll() throws InterruptedException {
    StreamsRun current = run;
    if (current != null) {
      current.await(POLL);
    }
    return null;
  }

  @Override
  public void stop() {
    StreamsRun current = run;
    if (current != null) {
      current.stop();
    }
  }

  /**
   * The current row of a group.
   *
   * @param key the bare value of the only group column ({@code 42}, {@code alice}), or a JSON
   *     object of all group columns
   * @return the row as a JSON object, or empty when this instance holds no such row
   * @throws IllegalArgumentException when the key cannot be read
   * @throws IllegalStateException when the state cannot be asked now, or the query has no groups
   */
  @Override
  public Optional<String> apply(String key) {
    StreamsRun current = run;
    if (current == null) {
      throw new IllegalStateException("The processor has not been started");
    }
    return current.query(key);
  }

  /** Whether processing rests because the task is not polled, as when its connector is paused. */
  boolean rests() {
    StreamsRun current = run;
    return current != null && current.rests();
  }

  @Override
  public String version() {
    return Version.TEXT;
  }
}

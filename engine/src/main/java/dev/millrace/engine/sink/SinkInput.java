package dev.millrace.engine.sink;

import java.util.Objects;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;

/**
 * What a sink task consumes.
 *
 * @param consumer makes the task's own consumer, on the work's thread; without auto-commit
 * @param topics what it subscribes to
 */
public record SinkInput(Supplier<Consumer<byte[], byte[]>> consumer, Topics topics) {
  /** Checks that nothing is missing. */
  public SinkInput {
    Objects.requireNonNull(consumer, "consumer");
    Objects.requireNonNull(topics, "topics");
  }
}

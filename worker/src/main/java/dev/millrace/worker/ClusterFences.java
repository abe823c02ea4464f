package dev.millrace.worker;

import dev.millrace.worker.cluster.FenceGate;
import java.time.Duration;
import java.util.function.IntConsumer;
import org.apache.kafka.connect.errors.ConnectException;

/** Fences between sets of tasks that may run on any worker; the leader shuts out earlier ones. */
record ClusterFences(FenceGate gate) implements Fences {
  private static final Duration FENCING = Duration.ofSeconds(90);
  private static final Duration READING = Duration.ofSeconds(60);

  @Override
  public Runnable enter(GenerationFences.Membership task, IntConsumer fence) {
    return switch (await(task)) {
      case FREE -> () -> {};
      case OUTDATED -> throw GenerationFences.outdated(task.connector());
      case TOO_LATE ->
          throw new ConnectException(
              "The earlier tasks of connector '%s' were not fenced within %s. See the leader's log; restart the task when Kafka can be reached."
                  .formatted(task.connector(), FENCING));
    };
  }

  private FenceGate.Passage await(GenerationFences.Membership task) {
    try {
      return gate.await(task.connector(), task.generation(), FENCING);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ConnectException("Interrupted while earlier tasks were being fenced", e);
    }
  }

  @Override
  public void upToDate() {
    try {
      if (gate.awaitEnd(READING)) return;
      throw new ConnectException(
          "The config topic could not be read to its end within %s. Restart the task when Kafka can be reached."
              .formatted(READING));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ConnectException("Interrupted while the config topic was being read", e);
    }
  }
}

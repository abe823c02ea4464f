package dev.millrace.engine;

import dev.millrace.model.errors.ErrorSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;

/** Makes the reporters that the {@code errors.*} settings ask for. */
public final class Reporters {
  private Reporters() {}

  /**
   * The clients of a dead letter queue, and when they are released.
   *
   * @param producer makes its producer, at the first letter
   * @param topic makes sure that its topic exists; what it throws fails the task
   * @param upkeep when the producer is released
   */
  public record Queue(
      Supplier<Producer<byte[], byte[]>> producer, TopicCreator topic, Upkeep upkeep) {}

  /** The reporters of a source task: the log and the dead letter queue, if wanted. */
  public static List<Reporter> forSource(
      ErrorSettings settings, Environment environment, Queue queue) {
    List<Reporter> reporters = new ArrayList<>(log(settings, environment));
    if (settings.deadLetters().enabled()) {
      queue.topic().ensure(settings.deadLetters().topic());
      reporters.add(
          new SourceDeadLetterReporter(
              settings.deadLetters(),
              new OnDemandProducer(queue.producer(), environment),
              queue.upkeep(),
              environment));
    }
    return List.copyOf(reporters);
  }

  private static List<Reporter> log(ErrorSettings settings, Environment environment) {
    return settings.log() ? List.of(new LogReporter(settings, environment)) : List.of();
  }

  /** The reporters of a sink task: the log and the dead letter queue, if wanted. */
  public static List<Reporter> forSink(
      ErrorSettings settings, Environment environment, Queue queue) {
    List<Reporter> reporters = new ArrayList<>(log(settings, environment));
    if (settings.deadLetters().enabled()) {
      queue.topic().ensure(settings.deadLetters().topic());
      reporters.add(
          new DeadLetterReporter(
              settings.deadLetters(),
              new OnDemandProducer(queue.producer(), environment),
              queue.upkeep(),
              environment));
    }
    return List.copyOf(reporters);
  }
}

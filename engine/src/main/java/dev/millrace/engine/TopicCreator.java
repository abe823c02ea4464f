package dev.millrace.engine;

/** Makes sure that a topic exists before the first record is sent to it. */
@FunctionalInterface
public interface TopicCreator {
  /** Leaves creation to the broker. */
  TopicCreator NONE = topic -> {};

  /**
   * Called on the work's thread for the first record of each topic. Throws Connect's or Kafka's
   * RetriableException to be called again after a while; any other exception fails the task.
   */
  void ensure(String topic);
}

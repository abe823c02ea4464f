package dev.millrace.kafka;

import dev.millrace.model.Rejection;

/**
 * Why a topic that is read cannot be used.
 *
 * @param why in words for whoever asks for a change
 */
public record TopicTrouble(Kind kind, Rejection why) {

  /** What has happened. */
  public enum Kind {
    /** It was deleted. */
    GONE,
    /** It was deleted, and there is another one of its name; or records were taken out of it. */
    REPLACED,
    /** It may not be read or described. */
    REFUSED
  }

  private static final String GO_ON =
      "Connectors and tasks go on as they are; nothing is changed. ";

  static TopicTrouble gone(String topic) {
    return new TopicTrouble(
        Kind.GONE,
        unavailable(
            "Topic '%s' is not there any more: it was deleted".formatted(topic),
            GO_ON
                + "Keep what GET /connectors?expand=info says, stop all workers, restore the topic"
                + " or let the workers make an empty one, and start them"));
  }

  static TopicTrouble replaced(String topic) {
    return new TopicTrouble(
        Kind.REPLACED,
        unavailable(
            "Topic '%s' is another one than this worker has read: it was deleted and made anew"
                .formatted(topic),
            GO_ON
                + "Keep what GET /connectors?expand=info says, stop all workers, restore the"
                + " topic's records if there is a copy, and start them: they take it as it is"));
  }

  static TopicTrouble truncated(String topic) {
    return new TopicTrouble(
        Kind.REPLACED,
        unavailable(
            "Records of topic '%s' were removed before this worker had read them".formatted(topic),
            GO_ON + "Restart this worker: it takes the topic as it is"));
  }

  /**
   * A right is missing.
   *
   * @param done what may not be done with the topic
   */
  static TopicTrouble refused(String topic, String done, Throwable error) {
    return new TopicTrouble(
        Kind.REFUSED,
        unavailable(
            "Topic '%s' may not be %s: %s".formatted(topic, done, error.getMessage()),
            "Give the workers' principal READ and DESCRIBE on it; they go on by themselves then"));
  }

  private static Rejection unavailable(String message, String hint) {
    return new Rejection(Rejection.Code.UNAVAILABLE, message, hint);
  }

  /** Message and hint. */
  public String sentence() {
    return why.message() + ". " + why.hint() + ".";
  }
}

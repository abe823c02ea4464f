package dev.millrace.bench;

import java.util.Map;

/** Who moves the records. */
enum Runner {
  REFERENCE(Contestant.KAFKA_CONNECT.title(), ""),
  MILLRACE(Contestant.MILLRACE.title(), ""),
  /** Kafka Connect with larger batches of its producer, as people set it who know. */
  TUNED(Contestant.KAFKA_CONNECT.title() + ", producer.batch.size=131072", "producer.batch.size"),
  BARE("bare client", ""),
  BARE_TUNED("bare client, batch.size=131072", "batch.size");

  private static final String LARGE = "131072";

  private final String title;
  private final String enlarged;

  Runner(String title, String enlarged) {
    this.title = title;
    this.enlarged = enlarged;
  }

  String title() {
    return title;
  }

  /** Of the worker, or of the bare client. */
  Map<String, String> settings() {
    return enlarged.isEmpty() ? Map.of() : Map.of(enlarged, LARGE);
  }

  boolean bare() {
    return this == BARE || this == BARE_TUNED;
  }

  /** Whether it is Kafka Connect. */
  boolean reference() {
    return this == REFERENCE || this == TUNED;
  }

  Contestant contestant() {
    return this == MILLRACE ? Contestant.MILLRACE : Contestant.KAFKA_CONNECT;
  }

  /** A tuned producer says something about sources only, the limit about what is not slow. */
  boolean applies(Scenario scenario) {
    boolean tuned = this == TUNED || this == BARE_TUNED;
    return !(tuned && !scenario.source()) && !(scenario.slow() && (bare() || tuned));
  }
}

package dev.millrace.engine;

import java.util.List;
import java.util.Map;

/**
 * Told of the life of one piece of work: starting → running ⇄ paused → stopped or failed. Called on
 * the work's own thread only; must not block and must not throw. After {@code cancel()} nothing is
 * reported any more.
 */
public interface WorkListener {
  /** The plugin has been started for the first time. */
  void started();

  /** Paused; also the first report of work that was to begin paused (its plugin is not started). */
  void paused();

  /** Running again after a pause. A first start after a pause is reported as {@link #started}. */
  void resumed();

  /** Over, because of this error; everything has been closed. Not after a stop was asked for. */
  void failed(Throwable error);

  /** Over, because a stop was asked for; everything has been closed. */
  void stopped();

  /** An error came up after a stop was asked for; {@link #stopped} follows. */
  default void failedStopping(Throwable error) {}

  /**
   * Records were written to, or read from, this topic (active topics). Told for each batch anew, so
   * that what was forgotten meanwhile is known again; must be cheap.
   */
  default void topicUsed(String topic) {}

  /** A connector has made the configurations of its tasks. */
  default void tasksGenerated(List<Map<String, String>> configs) {}

  /**
   * The configurations could not be made; the connector keeps running and tries again.
   *
   * @param error why
   */
  default void tasksFailed(Throwable error) {}
}

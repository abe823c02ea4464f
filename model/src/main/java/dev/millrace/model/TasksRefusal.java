package dev.millrace.model;

import java.util.List;
import java.util.Map;

/**
 * The leader does not take the tasks that the holder of a connector instance has handed over, and
 * would not take them again. Immutable.
 *
 * @param asOf as handed over
 * @param fingerprint of the tasks, so that nobody takes the refusal for that of newer ones
 */
public record TasksRefusal(String connector, long asOf, int fingerprint, Rejection why) {

  /** Of what was handed over with this command. */
  public static TasksRefusal of(Command.PublishTasks offer, Rejection why) {
    return new TasksRefusal(offer.connector(), offer.asOf(), fingerprint(offer.tasks()), why);
  }

  /** Whether it is about this offer. */
  public boolean isOf(long offeredAsOf, List<Map<String, String>> tasks) {
    return asOf == offeredAsOf && fingerprint == fingerprint(tasks);
  }

  /** The same in every JVM. */
  private static int fingerprint(List<Map<String, String>> tasks) {
    return tasks.hashCode();
  }
}

package dev.millrace.kafka.group;

import java.time.Duration;
import java.util.Map;

/**
 * The settings of a worker's membership (compat: worker config §4).
 *
 * @param groupId {@code group.id}
 * @param client settings of the network client: servers, security, back-off
 * @param times when somebody counts as gone
 */
public record GroupSettings(String groupId, Map<String, Object> client, Times times) {

  /**
   * When somebody counts as gone.
   *
   * @param session {@code session.timeout.ms}: silent for so long, a member is out
   * @param heartbeat time between two signs of life
   * @param rebalance {@code rebalance.timeout.ms}: how long members may take to join again
   * @param isolation without contact for so long, a member takes itself to be out; at most the
   *     session timeout, and shorter by what its work needs to stop
   */
  public record Times(
      Duration session, Duration heartbeat, Duration rebalance, Duration isolation) {}

  public GroupSettings {
    client = Map.copyOf(client);
  }
}

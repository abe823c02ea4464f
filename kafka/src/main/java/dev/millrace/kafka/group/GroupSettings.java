package dev.millrace.kafka.group;

import java.time.Duration;
import java.util.Map;

/**
 * The settings of a worker's membership (compat: worker config §4).
 *
 * @param groupId {@code group.id}
 * @param client settings of the network client: servers, security, back-off
 * @param sessionTimeout {@code session.timeout.ms}: silent for so long, a member is out
 * @param heartbeat {@code heartbeat.interval.ms}
 * @param rebalanceTimeout {@code rebalance.timeout.ms}: how long members may take to join again
 */
public record GroupSettings(
    String groupId,
    Map<String, Object> client,
    Duration sessionTimeout,
    Duration heartbeat,
    Duration rebalanceTimeout) {

  public GroupSettings {
    client = Map.copyOf(client);
  }
}

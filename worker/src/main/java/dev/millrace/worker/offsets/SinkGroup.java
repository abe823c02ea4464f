package dev.millrace.worker.offsets;

import dev.millrace.worker.offsets.OffsetAdmin.Outcome;
import dev.millrace.worker.offsets.OffsetAdmin.Position;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.GroupSubscribedToTopicException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.apache.kafka.connect.sink.SinkConnector;

/** The consumer group of one sink connector (compat: REST §8, sink path). */
final class SinkGroup {

  private static final Comparator<TopicPartition> ORDER =
      Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition);

  private final OffsetTarget target;
  private final String group;
  private final Map<String, Object> admin;

  /** Throws OffsetException when its admin client may not be made as the connector wants it. */
  SinkGroup(OffsetTarget target) {
    this.target = target;
    var access = target.access();
    this.group = access.group();
    this.admin = PluginCall.run(target.name(), access.loader(), access::admin);
  }

  List<Position> list() {
    return withAdmin(this::committed).entrySet().stream()
        .sorted(Map.Entry.comparingByKey(ORDER))
        .map(entry -> SinkPositions.of(entry.getKey(), entry.getValue().offset()))
        .toList();
  }

  private Map<TopicPartition, OffsetAndMetadata> committed(Admin admin) {
    return await(
        admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata(),
        "Failed to retrieve consumer group offsets for connector ");
  }

  Outcome alter(Map<TopicPartition, Long> offsets) {
    boolean taken = tell(offsets);
    withAdmin(
        admin -> {
          set(admin, offsets);
          forget(admin, offsets);
          return taken;
        });
    return outcome(taken);
  }

  private void set(Admin admin, Map<TopicPartition, Long> offsets) {
    var wanted =
        offsets.entrySet().stream()
            .filter(e -> e.getValue() != null)
            .collect(Collectors.toMap(Map.Entry::getKey, e -> new OffsetAndMetadata(e.getValue())));
    if (!wanted.isEmpty()) await(admin.alterConsumerGroupOffsets(group, wanted).all(), altering());
  }

  private void forget(Admin admin, Map<TopicPartition, Long> offsets) {
    Set<TopicPartition> gone = new HashSet<>(offsets.keySet());
    gone.removeIf(partition -> offsets.get(partition) != null);
    if (!gone.isEmpty()) {
      await(admin.deleteConsumerGroupOffsets(group, gone).all(), altering());
    }
  }

  Outcome reset() {
    var offsets = new HashMap<TopicPartition, Long>();
    withAdmin(this::committed).keySet().forEach(partition -> offsets.put(partition, null));
    boolean taken = tell(offsets);
    withAdmin(
        admin ->
            await(
                admin.deleteConsumerGroups(Set.of(group)).all(),
                "Failed to reset consumer group offsets for connector "));
    return outcome(taken);
  }

  private static Outcome outcome(boolean taken) {
    return taken ? Outcome.COMPLETE : Outcome.KAFKA_ONLY;
  }

  private boolean tell(Map<TopicPartition, Long> offsets) {
    var access = target.access();
    return PluginCall.run(
        target.name(),
        access.loader(),
        () ->
            access.plugin() instanceof SinkConnector sink
                && sink.alterOffsets(new HashMap<>(target.config()), new HashMap<>(offsets)));
  }

  private <T> T withAdmin(Function<Admin, T> use) {
    try (var client = Admin.create(admin)) {
      return use.apply(client);
    }
  }

  private static String altering() {
    return "Failed to alter consumer group offsets for connector ";
  }

  /** A group that is not there has nothing to forget. */
  private <T> T await(KafkaFuture<T> future, String failure) {
    try {
      return KafkaOffsetAdmin.await(future.toCompletionStage());
    } catch (OffsetException e) {
      if (e.getCause() instanceof GroupIdNotFoundException) return null;
      throw OffsetException.failed(
          hasMembers(e.getCause()) ? stillRunning() : failure + target.name(), e.getCause());
    }
  }

  private static boolean hasMembers(Throwable cause) {
    return cause instanceof UnknownMemberIdException
        || cause instanceof GroupNotEmptyException
        || cause instanceof GroupSubscribedToTopicException;
  }

  private String stillRunning() {
    return ("Failed to modify the offsets of connector %s because its consumer group still has"
            + " members: its tasks haven't stopped completely yet. Repeat the request in a moment")
        .formatted(target.name());
  }
}

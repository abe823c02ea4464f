package dev.millrace.kafka.status;

import dev.millrace.kafka.TopicTail;
import dev.millrace.kafka.TopicTrouble;
import dev.millrace.kafka.status.StatusFormat.Holding;
import dev.millrace.model.Command;
import dev.millrace.model.Rejection;
import dev.millrace.model.TasksRefusal;
import dev.millrace.model.WorkId;
import dev.millrace.model.control.Event;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cluster's statuses, in a compacted topic of Kafka Connect's form (compat: internal topics
 * §7). Every worker reads all of it and writes of its own work. What a member reports to the leader
 * travels here, too. Writing returns at once; what is written is visible when it has been read
 * back. Thread-safe.
 */
public final class StatusTopic implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StatusTopic.class);

  private final String topic;
  private final StatusTable table = new StatusTable();
  private final TopicTail tail;
  private final LatestWriter writer;
  private volatile Optional<TopicTrouble> trouble = Optional.empty();
  private volatile boolean live; // what was asked before this worker came is over
  private Consumer<Event> events = event -> {};
  private Consumer<Throwable> failed = error -> {};

  /**
   * A topic that is not read yet.
   *
   * @param producer settings of its producer
   * @param clock tells since when something waits to be written
   */
  public StatusTopic(
      TopicTail.Settings settings, Map<String, Object> producer, InstantSource clock) {
    this.topic = settings.topic().name();
    this.tail = new TopicTail(settings, "status-read", new FromTail());
    this.writer = new LatestWriter(topic, producer, clock, this::dropped);
  }

  /**
   * Begins to read.
   *
   * @param receiver told of members' reports, as {@link Event.Reported}, of their requests, as
   *     {@link Event.Asked} with number 0, and of those that are refused, as {@link
   *     Event.TasksRefused}
   * @param failure told once when the topic cannot be used
   */
  public void start(Consumer<Event> receiver, Consumer<Throwable> failure) {
    events = receiver;
    failed = failure;
    tail.start();
    tail.whenAtEnd(
        () -> {
          live = true;
          writer.start(failed); // not before the topic is there, or the broker makes a wrong one
        });
  }

  /** Calls back on the reader's thread when all has been read that is in the topic now. */
  public void whenAtEnd(Runnable then) {
    tail.whenAtEnd(then);
  }

  /** Since when something waits to be written; empty when nothing does. */
  public Optional<Instant> unwritten() {
    return writer.unwritten();
  }

  /** Why the topic cannot be used for now; empty when it can. */
  public String trouble() {
    return trouble.map(TopicTrouble::sentence).orElseGet(writer::refused);
  }

  /**
   * Writes a status, unless somebody else has said something newer.
   *
   * @param members those of the group
   * @param atOnce whether others may have the work soon: what they say must not come first
   */
  public void put(WorkId id, StatusRecord status, Set<String> members, boolean atOnce) {
    if (!table.allows(id, status, members)) return;
    var key = new StatusKey.Work(id);
    if (atOnce) sendUrgently(key, StatusFormat.encode(status));
    else send(key, Optional.of(StatusFormat.encode(status)));
  }

  /** Forgets work that exists no more. */
  public void remove(WorkId id) {
    send(new StatusKey.Work(id), Optional.empty());
  }

  /** A connector uses a topic; written once. */
  public void putTopic(String connector, String name, int task, long discoveredMs) {
    if (!table.topicsOf(connector).containsKey(name)) {
      var key = new StatusKey.ActiveTopic(name, connector);
      send(key, Optional.of(StatusFormat.encode(key, task, discoveredMs)));
    }
  }

  /** Forgets the topics of a connector. */
  public void removeTopics(String connector) {
    table
        .topicsOf(connector)
        .keySet()
        .forEach(name -> send(new StatusKey.ActiveTopic(name, connector), Optional.empty()));
  }

  /** Tells the leader what a member holds, having read the config log this far. */
  public void report(String member, SortedSet<WorkId> held, long offset) {
    sendUrgently(new StatusKey.Member(member), StatusFormat.encode(new Holding(held, offset)));
  }

  /** Forgets what a member held that is gone. */
  public void removeReport(String member) {
    send(new StatusKey.Member(member), Optional.empty());
  }

  /** Asks the leader for something; a newer request of the same subject replaces it. */
  public void submit(Command command) {
    sendUrgently(
        new StatusKey.Request(RequestFormat.subject(command)), RequestFormat.encode(command));
  }

  /** Tells the holder of the connector's instance; a newer refusal replaces an older one. */
  public void refuse(TasksRefusal refusal) {
    sendUrgently(new StatusKey.Refusal(refusal.connector()), StatusFormat.encode(refusal));
  }

  /**
   * Forgets what is about work, connectors and members that are no more. For the leader.
   *
   * @param wanted the work there is
   * @param connectors the connectors there are
   * @param members the members there are
   */
  public void forgetOthers(Set<WorkId> wanted, Set<String> connectors, Set<String> members) {
    table.work().stream().filter(id -> !wanted.contains(id)).forEach(this::remove);
    table.connectorsWithTopics().stream()
        .filter(name -> !connectors.contains(name))
        .forEach(this::removeTopics);
    table
        .requests()
        .forEach(
            (subject, connector) -> {
              if (!connectors.contains(connector)) {
                send(new StatusKey.Request(subject), Optional.empty());
              }
            });
    table.refusals().stream()
        .filter(name -> !connectors.contains(name))
        .forEach(name -> send(new StatusKey.Refusal(name), Optional.empty()));
    table.holdings().keySet().stream()
        .filter(member -> !members.contains(member))
        .forEach(this::removeReport);
  }

  /** The status of a piece of work. */
  public Optional<StatusRecord> of(WorkId id) {
    return table.of(id);
  }

  /** The statuses of a connector's tasks, by number. */
  public SortedMap<Integer, StatusRecord> tasksOf(String connector) {
    return table.tasksOf(connector);
  }

  /** The topics that a connector uses. */
  public SortedSet<String> topicsOf(String connector) {
    return new TreeSet<>(table.topicsOf(connector).keySet());
  }

  /** The members that have reported and are not forgotten. */
  public SortedSet<String> reporters() {
    return new TreeSet<>(table.holdings().keySet());
  }

  /** Tasks that cannot even be handed over are told of as those that the leader does not take. */
  private void dropped(String text, String value, Exception error) {
    if (!(error instanceof RecordTooLargeException)) return;
    if (!(StatusFormat.key(text).orElse(null) instanceof StatusKey.Request)) return;
    if (!(RequestFormat.decode(value) instanceof Command.PublishTasks offer)) return;
    var why =
        new Rejection(
            Rejection.Code.INVALID,
            "The configurations of its %d tasks are more than the status topic '%s' takes, by which they go to the leader: %s"
                .formatted(offer.tasks().size(), topic, error.getMessage()),
            "Make them smaller, or raise max.message.bytes of the topic and producer.max.request.size of the workers");
    events.accept(new Event.TasksRefused(TasksRefusal.of(offer, why)));
  }

  private void send(StatusKey key, Optional<String> value) {
    writer.put(StatusFormat.text(key), value);
  }

  /** What others wait for. */
  private void sendUrgently(StatusKey key, String value) {
    writer.putUrgently(StatusFormat.text(key), Optional.of(value));
  }

  /** What the tail tells. */
  private final class FromTail implements TopicTail.Reader {
    @Override
    public void read(ConsumerRecord<byte[], byte[]> record) {
      String text = new String(record.key(), StandardCharsets.UTF_8);
      Optional<StatusKey> key = StatusFormat.key(text);
      try {
        key.ifPresent(known -> take(known, value(record)));
      } catch (IllegalArgumentException e) {
        LOG.error("{}: the status of '{}' is passed over: {}", topic, text, e.getMessage());
      }
    }

    @Override
    public void trouble(Optional<TopicTrouble> now) {
      trouble = now;
      writer.hold(now.filter(t -> t.kind() == TopicTrouble.Kind.GONE).isPresent());
    }

    private void take(StatusKey key, Optional<String> value) {
      table.apply(key, value);
      if (key instanceof StatusKey.Request && value.isPresent() && live) {
        events.accept(new Event.Asked(0, RequestFormat.decode(value.get())));
      }
      if (key instanceof StatusKey.Refusal(var connector) && value.isPresent() && live) {
        events.accept(new Event.TasksRefused(StatusFormat.refusal(connector, value.get())));
      }
      if (key instanceof StatusKey.Member(var member) && value.isPresent()) {
        Holding holding = StatusFormat.holding(value.get());
        events.accept(new Event.Reported(member, holding.held(), holding.offset()));
      }
    }

    private Optional<String> value(ConsumerRecord<byte[], byte[]> record) {
      return Optional.ofNullable(record.value())
          .map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }

    @Override
    public void failed(Throwable error) {
      failed.accept(error);
    }
  }

  /** Writes what is on its way, then ends; returns within seconds. */
  @Override
  public void close() {
    writer.close();
    tail.close();
  }
}

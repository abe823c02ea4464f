package dev.millrace.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads all of a compacted topic from its beginning and goes on for ever, on a thread of its own
 * (compat: internal topics §2, §3). What happens to the topic meanwhile ends nothing: while it may
 * not be read, or is not there any more, nothing is read and {@link #whenAtEnd} does not call back.
 * The consumer is confined to that thread; {@link #whenAtEnd} and {@link #close} may be called from
 * any.
 */
public final class TopicTail implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TopicTail.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration ASK = Duration.ofSeconds(5);
  private static final Duration CLOSE = Duration.ofSeconds(5);

  private final Settings settings;
  private final Reader reader;
  private final Queue<Runnable> asked = new ConcurrentLinkedQueue<>();
  private final Thread thread;
  private volatile Optional<KafkaConsumer<byte[], byte[]>> consumer = Optional.empty();
  private volatile Optional<TopicEnds> ends = Optional.empty(); // before the consumer is there
  private volatile boolean closing;
  private final Reminder reminder = new Reminder(); // confined to the thread, as all below
  private Optional<TopicTrouble> seen = Optional.empty(); // by the consumer
  private Optional<TopicTrouble> told = Optional.empty();

  /**
   * What is read and with which clients.
   *
   * @param topic created where it is missing; one that exists has to be compacted
   * @param users the group whose members have the topic, so that it is not created while there are
   *     some; empty where that is not so
   * @param consumer settings of a consumer without group and commits
   * @param admin settings of the client that creates and checks the topic
   * @param check a further check of the topic as it is; what it throws ends the reading
   */
  public record Settings(
      TopicSpec topic,
      String users,
      Map<String, Object> consumer,
      Map<String, Object> admin,
      Consumer<Topics> check) {

    public Settings {
      consumer = Map.copyOf(consumer);
      admin = Map.copyOf(admin);
    }

    /** Of a topic that may be created whenever it is missing. */
    public Settings(
        TopicSpec topic,
        Map<String, Object> consumer,
        Map<String, Object> admin,
        Consumer<Topics> check) {
      this(topic, "", consumer, admin, check);
    }
  }

  /** Who takes the records; called on the tail's thread. */
  public interface Reader {
    /** One more record, never without a key. */
    void read(ConsumerRecord<byte[], byte[]> record);

    /** The topic cannot be used for now; empty: it can again. */
    void trouble(Optional<TopicTrouble> trouble);

    /** Reading has ended because of this; told once. */
    void failed(Throwable error);
  }

  /**
   * A tail that has not begun.
   *
   * @param threadName name of its thread
   */
  public TopicTail(Settings settings, String threadName, Reader reader) {
    this.settings = settings;
    this.reader = reader;
    this.thread = new Thread(this::run, threadName);
  }

  /** Begins to read. */
  public void start() {
    thread.start();
  }

  /**
   * Calls back on the tail's thread when everything has been read that is in the topic now; never
   * when the tail is closed before. While Kafka is out of reach it is waited for.
   */
  public void whenAtEnd(Runnable then) {
    asked.add(then);
    consumer.ifPresent(KafkaConsumer::wakeup);
  }

  private void run() {
    try {
      follow(Admin.create(settings.admin()));
    } catch (RuntimeException | Error e) { // nobody else would notice that nothing is read any more
      if (!closing) {
        String topic = settings.topic().name();
        reader.failed(
            new IllegalStateException("Topic '" + topic + "' cannot be used: " + reason(e), e));
      }
    }
  }

  /** With one client for the topic's check and the watch; closes it without waiting for answers. */
  private void follow(Admin admin) {
    try {
      prepare(admin);
      if (!closing) {
        readOn(admin);
      }
    } finally {
      admin.close(Duration.ZERO);
    }
  }

  /** Kafka's clients say only in the cause what is wrong with their settings. */
  private static String reason(Throwable error) {
    boolean cause = error.getClass() == KafkaException.class && error.getCause() != null;
    return error.getMessage() + (cause ? ": " + error.getCause().getMessage() : "");
  }

  /** Creates or checks the topic; brokers that cannot be reached are waited for. */
  private void prepare(Admin admin) {
    Topics topics = new Topics(admin, Topics.timeout(settings.admin()));
    boolean ready = false;
    while (!ready && !closing) {
      try {
        if (!settings.users().isEmpty()) {
          topics.requireNotLost(settings.topic().name(), settings.users());
        }
        topics.requireCompacted(settings.topic());
        settings.check().accept(topics);
        ready = true;
      } catch (KafkaAccessException e) {
        if (!(e.getCause() instanceof RetriableException)) {
          throw e;
        }
        LOG.warn("Waiting for Kafka: {}", e.getMessage());
      }
    }
  }

  private void readOn(Admin admin) {
    var watch = new TopicWatch(settings.topic().name(), admin);
    ends = Optional.of(new TopicEnds(admin, isolation(settings.consumer())));
    try (var opened = new KafkaConsumer<byte[], byte[]>(settings.consumer())) {
      List<TopicPartition> partitions = partitions(opened);
      opened.assign(partitions);
      opened.seekToBeginning(partitions);
      consumer = Optional.of(opened);
      while (!closing) {
        turn(opened, watch);
      }
      consumer = Optional.empty();
      opened.close(CloseOptions.timeout(CLOSE));
    }
  }

  private static IsolationLevel isolation(Map<String, Object> consumer) {
    var committed = IsolationLevel.READ_COMMITTED;
    var wanted = String.valueOf(consumer.get(ConsumerConfig.ISOLATION_LEVEL_CONFIG));
    return committed.name().equalsIgnoreCase(wanted) ? committed : IsolationLevel.READ_UNCOMMITTED;
  }

  private List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> opened) {
    String topic = settings.topic().name();
    boolean told = false;
    while (!closing) {
      try {
        List<TopicPartition> found =
            opened.partitionsFor(topic, ASK).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
        if (!found.isEmpty()) {
          return found;
        }
        if (!told) {
          LOG.warn("Topic '{}' is not there, or may not be described; it is waited for", topic);
          told = true;
        }
        Topics.pause(topic);
      } catch (RetriableException e) {
        LOG.warn("Topic '{}': {}; tried again", topic, e.toString());
      }
    }
    return List.of();
  }

  private void turn(KafkaConsumer<byte[], byte[]> opened, TopicWatch watch) {
    String topic = settings.topic().name();
    try {
      if (!usable(watch)) {
        Topics.pause(topic);
        return;
      }
      answer(opened, watch);
      opened.poll(POLL).forEach(this::read);
      seen = Optional.empty();
    } catch (WakeupException e) {
      LOG.debug("woken"); // somebody asks for the end
    } catch (InvalidOffsetException e) {
      seen = Optional.of(TopicTrouble.truncated(topic));
    } catch (AuthorizationException e) {
      seen = Optional.of(TopicTrouble.refused(topic, "read", e));
      usable(watch);
      Topics.pause(topic);
    } catch (RetriableException e) {
      if (!closing) LOG.warn("Topic '{}': {}; tried again", topic, e.toString());
    }
  }

  /** Whether there is something to be read; tells when that has changed. */
  private boolean usable(TopicWatch watch) {
    var trouble = watch.look().or(() -> seen);
    String sentence = trouble.map(TopicTrouble::sentence).orElse("");
    if (reminder.due(sentence)) LOG.error("{}", sentence);
    if (!trouble.equals(told)) {
      if (trouble.isEmpty()) LOG.info("Topic '{}' can be used again", settings.topic().name());
      told = trouble;
      reader.trouble(trouble);
    }
    return trouble.filter(t -> t.kind() != TopicTrouble.Kind.REFUSED).isEmpty();
  }

  private void answer(KafkaConsumer<byte[], byte[]> opened, TopicWatch watch) {
    while (!asked.isEmpty() && !closing) {
      int known = asked.size();
      var found = ends.orElseThrow().of(opened.assignment(), Topics.deadline(ASK));
      while (!reached(opened, found)) {
        if (closing || !usable(watch)) return;
        opened.poll(POLL).forEach(this::read);
      }
      for (int i = 0; i < known && !closing; i++) {
        asked.remove().run();
      }
    }
  }

  private static boolean reached(
      KafkaConsumer<byte[], byte[]> opened, Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream()
        .allMatch(end -> opened.position(end.getKey(), ASK) >= end.getValue());
  }

  private void read(ConsumerRecord<byte[], byte[]> record) {
    if (record.key() == null) {
      LOG.error(
          "Record {} of topic '{}' has no key and is skipped", record.offset(), record.topic());
    } else {
      reader.read(record);
    }
  }

  private void wake(KafkaConsumer<byte[], byte[]> opened) {
    ends.ifPresent(each -> each.admin().close(Duration.ZERO));
    opened.wakeup();
  }

  /** Ends the reading; returns within seconds. */
  @Override
  public void close() {
    closing = true;
    if (thread.getState() == Thread.State.NEW) return;
    consumer.ifPresentOrElse(this::wake, thread::interrupt); // waits for Kafka
    try {
      if (!thread.join(CLOSE.plusSeconds(2))) {
        LOG.warn("The reader of topic '{}' did not end in time", settings.topic().name());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

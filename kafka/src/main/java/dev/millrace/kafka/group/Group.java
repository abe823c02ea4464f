package dev.millrace.kafka.group;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.ApiVersions;
import org.apache.kafka.clients.ClientUtils;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.GroupRebalanceConfig;
import org.apache.kafka.clients.KafkaClient;
import org.apache.kafka.clients.Metadata;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.internals.ConsumerNetworkClient;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InconsistentGroupProtocolException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.internals.ClusterResourceListeners;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.utils.LogContext;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.Utils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This worker's membership of its group. One thread speaks with the coordinator; another watches
 * that the membership was confirmed of late, counted so that this worker always knows before the
 * others that it is out. Thread-safe.
 */
public final class Group implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Group.class);
  private static final long TURN_MS = 500;
  private static final long WATCH_MS = 100;
  private static final long PAUSE_MS = 1_000;
  private static final Duration CLOSE = Duration.ofSeconds(5);

  private final GroupSettings settings;
  private final Peer self;
  private final GroupListener listener;
  private final Time time = new MonotonicTime();
  private final GroupMetrics metrics;
  private final Contact contact = new Contact(this::joinAnswered);
  private final ConsumerNetworkClient client;
  private final Coordinator coordinator;
  private final Thread thread = new Thread(this::run, "group");
  private final ScheduledExecutorService watch =
      Executors.newSingleThreadScheduledExecutor(Group::watchThread);
  private final ReentrantLock lock = new ReentrantLock();
  private volatile Optional<Roster> roster = Optional.empty(); // written, and told, by the lock
  private final CountDownLatch joining = new CountDownLatch(1); // until this worker may
  private String blocked = "";
  private volatile boolean wasMember; // then it may be again
  private volatile boolean closing;

  /** A membership that has not begun. */
  public Group(GroupSettings settings, Peer self, GroupListener listener) {
    this.settings = settings;
    this.self = self;
    this.listener = listener;
    this.metrics = new GroupMetrics(new ConsumerConfig(withDeserializers(settings)), time);
    this.client = client(settings);
    this.coordinator =
        new Coordinator(
            rebalances(settings), client, metrics.registry(), time, self, new FromCoordinator());
  }

  private static Thread watchThread(Runnable task) {
    Thread made = new Thread(task, "group-watch");
    made.setDaemon(true);
    return made;
  }

  private ConsumerNetworkClient client(GroupSettings settings) {
    var config = new ConsumerConfig(withDeserializers(settings));
    var logs = new LogContext("[" + self.member() + "] ");
    long backoff = config.getLong(CommonClientConfigs.RETRY_BACKOFF_MS_CONFIG);
    long backoffMax = config.getLong(CommonClientConfigs.RETRY_BACKOFF_MAX_MS_CONFIG);
    var metadata =
        new Metadata(
            backoff,
            backoffMax,
            config.getLong(CommonClientConfigs.METADATA_MAX_AGE_CONFIG),
            logs,
            new ClusterResourceListeners());
    metadata.bootstrap(ClientUtils.parseAndValidateAddresses(config));
    KafkaClient network =
        ClientUtils.createNetworkClient(
            config,
            metrics.registry(),
            "connect",
            logs,
            new ApiVersions(),
            time,
            100,
            metadata,
            null,
            null);
    return new ConsumerNetworkClient(
        logs,
        contact.observe(network),
        metadata,
        time,
        backoff,
        config.getInt(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG),
        (int) settings.times().heartbeat().toMillis());
  }

  private static java.util.Map<String, Object> withDeserializers(GroupSettings settings) {
    var all = new java.util.HashMap<>(settings.client());
    all.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    all.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    return all;
  }

  private static GroupRebalanceConfig rebalances(GroupSettings settings) {
    var config = new ConsumerConfig(withDeserializers(settings));
    return new GroupRebalanceConfig(
        (int) settings.times().session().toMillis(),
        (int) settings.times().rebalance().toMillis(),
        (int) settings.times().heartbeat().toMillis(),
        settings.groupId(),
        Optional.empty(),
        null,
        config.getLong(CommonClientConfigs.RETRY_BACKOFF_MS_CONFIG),
        config.getLong(CommonClientConfigs.RETRY_BACKOFF_MAX_MS_CONFIG));
  }

  private void joinAnswered(int generation, String memberId) {
    coordinator.joinAnswered(generation, memberId);
  }

  /** Begins to look for the coordinator. */
  public void start() {
    thread.start();
  }

  /** Begins to join, once it was started. */
  public void join() {
    joining.countDown();
    var unused =
        watch.scheduleWithFixedDelay(this::look, WATCH_MS, WATCH_MS, TimeUnit.MILLISECONDS);
  }

  /** The metrics of the membership and its client (compat: metrics §3). */
  public GroupMetrics metrics() {
    return metrics;
  }

  /** The present generation; empty while this worker is not a member. */
  public Optional<Roster> roster() {
    return roster;
  }

  /** What is wrong is told when this worker joins. */
  private void find() throws InterruptedException {
    boolean found = false;
    try {
      while (!found && !closing && joining.getCount() > 0) {
        found = coordinator.find(TURN_MS);
      }
    } catch (RuntimeException e) {
      LOG.debug("Group {}: its coordinator is not known yet: {}", settings.groupId(), e.toString());
    }
    joining.await();
  }

  private void run() {
    try {
      find();
      keep();
    } catch (InterruptedException e) {
      LOG.debug("Group {}: ended", settings.groupId());
    } catch (Error e) { // else the worker would be out for ever, and alive
      listener.failed(e);
      throw e;
    }
  }

  private void keep() {
    while (!closing) {
      try {
        coordinator.turn(TURN_MS);
        block("");
      } catch (WakeupException e) {
        LOG.debug("Group {}: woken", settings.groupId());
      } catch (InconsistentGroupProtocolException e) {
        block(
            "Workers of Kafka Connect or of another version, or consumers of an application with the"
                + " same group.id, are still members of group '"
                + settings.groupId()
                + "'. Stop them, or set another group.id; this worker takes over when they are gone");
        pause();
      } catch (AuthorizationException e) {
        if (!wasMember) {
          fail(e);
          return;
        }
        block(
            "Worker may not be a member of group '%s' any more: %s. Its principal needs READ on it; it joins again by itself then"
                .formatted(settings.groupId(), e.getMessage()));
        pause();
      } catch (AuthenticationException | UnsupportedVersionException e) {
        fail(e);
        return;
      } catch (InterruptException e) {
        fail(e);
        return;
      } catch (RuntimeException e) {
        LOG.warn("Group {}: {}; tried again", settings.groupId(), e.toString());
        pause();
      }
    }
    client.disableWakeups();
    coordinator.leave(CLOSE.toMillis());
  }

  private void pause() {
    long end = time.milliseconds() + PAUSE_MS;
    while (!closing && time.milliseconds() < end) {
      time.sleep(WATCH_MS);
    }
  }

  private void block(String reason) {
    if (!reason.equals(blocked)) {
      blocked = reason;
      if (!reason.isEmpty()) {
        LOG.warn("{}", reason);
      }
      listener.blocked(reason);
    }
  }

  private void fail(RuntimeException error) {
    listener.failed(
        new IllegalStateException(
            "Worker cannot be a member of group '"
                + settings.groupId()
                + "': "
                + error.getMessage()
                + ". Check its credentials and what it may do with this group",
            error));
  }

  /** Without it a loss of contact would not be noticed: what ends it ends the worker. */
  private void look() {
    try {
      coordinator.beatWhileJoining(time.milliseconds(), settings.times().heartbeat().toMillis());
      checkContact();
    } catch (RuntimeException | Error e) {
      listener.failed(e);
      throw e;
    }
  }

  /**
   * Looks whether the membership was confirmed of late; done by the watching thread now and then.
   * When it is lost, the listener knows before this returns.
   */
  public void checkContact() {
    long silentMs = time.milliseconds() - contact.confirmedMs();
    if (silentMs >= settings.times().isolation().toMillis()
        && lose("the coordinator has not confirmed the membership for " + silentMs + " ms")) {
      coordinator.rejoinSoon();
    }
  }

  private boolean lose(String reason) {
    lock.lock();
    try {
      if (roster.isEmpty()) {
        return false;
      }
      roster = Optional.empty();
      LOG.warn("Group {}: membership is lost: {}", settings.groupId(), reason);
      listener.lost(reason);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** What the protocol leads to. */
  private final class FromCoordinator implements Coordinator.Events {
    @Override
    public void joined(Roster next) {
      lock.lock();
      try {
        wasMember = true;
        roster = Optional.of(next);
        LOG.info(
            "Group {}: generation {}, {} members, led by {}",
            settings.groupId(),
            next.generation(),
            next.peers().size(),
            next.leader());
        listener.formed(next);
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void removed() {
      lose("the coordinator does not know this member any more");
    }

    @Override
    public void confirmed(long askedMs) {
      contact.confirmed(askedMs);
    }
  }

  /** Leaves the group; returns within seconds. Idempotent. */
  @Override
  public void close() {
    closing = true;
    joining.countDown();
    watch.shutdownNow();
    client.wakeup();
    try {
      thread.join(CLOSE.plusSeconds(2).toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Utils.closeQuietly(client, "group client");
    metrics.close();
  }
}

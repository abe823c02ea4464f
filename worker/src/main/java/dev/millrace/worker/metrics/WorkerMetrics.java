package dev.millrace.worker.metrics;

import dev.millrace.engine.Traces;
import dev.millrace.model.WorkId;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.JmxReporter;
import org.apache.kafka.common.metrics.KafkaMetricsContext;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.metrics.Monitorable;
import org.apache.kafka.common.utils.AppInfoParser;
import org.apache.kafka.common.utils.Time;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All metrics of one worker, under Kafka Connect's names. An ordinary object without statics; what
 * several workers of one JVM share is the JVM's MBean server, where the name registered last wins,
 * as with Kafka's clients. Thread-safe.
 */
public final class WorkerMetrics implements AutoCloseable {

  static final String DOMAIN = "kafka.connect";
  private static final Logger LOG = LoggerFactory.getLogger(WorkerMetrics.class);
  private static final Duration TICK = Duration.ofSeconds(1);
  private static final Duration CLOSE = Duration.ofSeconds(5);

  /** Whether the metrics are over, for who waits for that. */
  private record End(CountDownLatch latch) {
    End() {
      this(new CountDownLatch(1));
    }

    void end() {
      latch.countDown();
    }

    boolean await(Duration atMost) {
      try {
        return latch.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        return true;
      }
    }
  }

  private final MetricsSettings settings;
  private final Registry registry;
  private final Set<WorkMeter> meters = ConcurrentHashMap.newKeySet();
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Group> connectors = new HashMap<>(); // guarded by the lock
  private final WorkerGroup worker;
  private final Rebalances rebalances;
  private final Families families;
  private final PluginMeters plugins; // of those that belong to no connector
  private volatile Optional<ClientMetrics> group = Optional.empty();
  private final End over = new End();
  private volatile Optional<String> workerId = Optional.empty();

  /** The metrics of a worker without work. */
  public WorkerMetrics(MetricsSettings settings, Time time) {
    this.settings = settings;
    var metrics =
        new Metrics(
            settings.config(),
            settings.reporters(),
            time,
            new KafkaMetricsContext(DOMAIN, settings.labels()));
    this.registry = new Registry(metrics, time);
    this.worker = new WorkerGroup(registry, this::meters);
    this.rebalances = new Rebalances(registry);
    this.families = new Families(metrics);
    this.plugins = new PluginMeters(metrics);
  }

  private Collection<WorkMeter> meters() {
    return meters;
  }

  /** How many connectors and tasks have not returned from a call of plugin code for long. */
  public void stalls(IntSupplier count) {
    worker.stalls(count);
  }

  /** The worker is a member of a group, whose client has these metrics. */
  public void group(Supplier<Map<MetricName, ? extends Metric>> ofClient) {
    group = Optional.of(new ClientMetrics(DOMAIN, ofClient));
  }

  /**
   * A plugin that belongs to no connector has been configured; gives it its metrics if it wants
   * some (compat: metrics §11).
   *
   * @param setting of the worker that names it
   */
  public void plugin(String setting, Object plugin) {
    if (!(plugin instanceof Monitorable monitorable)) return;
    var tags = new LinkedHashMap<String, String>();
    tags.put("config", setting);
    tags.put("class", plugin.getClass().getSimpleName());
    monitorable.withPluginMetrics(plugins.of(tags));
  }

  /** Kafka's registry of them. */
  public Metrics registry() {
    return registry.metrics();
  }

  /** The worker's id is known: {@code app-info} is shown under it. */
  public void identified(String id) {
    workerId = Optional.of(id);
    AppInfoParser.registerAppInfo(DOMAIN, id, registry.metrics(), registry.time().milliseconds());
  }

  /** Kafka has told its cluster id: reporters learn it. That of JMX has no use for it. */
  public void clusterIs(String clusterId) {
    var labels = new HashMap<>(settings.labels());
    labels.put("connect.kafka.cluster.id", clusterId);
    var context = new KafkaMetricsContext(DOMAIN, labels);
    settings.reporters().stream()
        .filter(reporter -> !(reporter instanceof JmxReporter))
        .forEach(reporter -> reporter.contextChange(context));
  }

  /**
   * A new generation of the group has formed, with this worker in it.
   *
   * @param leader REST address of its leader
   */
  public void joined(String leader, int generation) {
    rebalances.began(leader, generation);
  }

  /** The worker does what that generation wants of it. */
  public void settled() {
    rebalances.ended();
  }

  /**
   * The metrics of work that begins here; to be closed when it is gone. Registers none yet, and
   * never waits.
   */
  public WorkMeter open(WorkId id) {
    var meter = new WorkMeter(registry, id, new Owner());
    meters.add(meter);
    return meter;
  }

  private final class Owner implements WorkMeter.Owner {
    @Override
    public void startedUp(WorkId id, boolean success) {
      worker.startedUp(id, success);
    }

    @Override
    public void begun(WorkMeter meter) {
      if (!meter.id().isInstance()) countTasksOf(meter.id().connector());
    }

    @Override
    public void closed(WorkMeter meter) {
      forget(meter);
    }
  }

  private void countTasksOf(String connector) {
    lock.lock();
    try {
      connectors.computeIfAbsent(connector, worker::ofConnector);
    } finally {
      lock.unlock();
    }
  }

  private void forget(WorkMeter gone) {
    String connector = gone.id().connector();
    lock.lock();
    try {
      meters.remove(gone);
      boolean more =
          meters.stream()
              .anyMatch(m -> !m.id().isInstance() && m.id().connector().equals(connector));
      Group group = more ? null : connectors.remove(connector);
      if (group != null) group.close();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Begins to read the counters once a second, on a thread of its own: it may have to wait for a
   * reporter, which is others' code.
   */
  public void begin() {
    var unused = Thread.ofPlatform().daemon().name("metrics").start(this::tickOn);
  }

  @SuppressWarnings("CatchingUnchecked") // a reporter may throw anything, also sneakily
  private void tickOn() {
    while (!over.await(TICK)) {
      try {
        tick();
      } catch (Throwable e) {
        LOG.warn("Metrics could not be brought up to date: {}", Traces.of(e));
      }
    }
  }

  /** Reads the counters, so that rates follow what happens. */
  public void tick() {
    long now = registry.time().milliseconds();
    worker.tick(now);
    meters.forEach(meter -> meter.tick(now));
  }

  /** Everything, in Prometheus' form; with the metrics of the work's Kafka clients. */
  public List<MetricFamily> families() {
    var clients = meters.stream().flatMap(meter -> meter.clients().stream());
    return families.read(Stream.concat(group.stream(), clients).toList());
  }

  /** Removes everything and closes the reporters, which get so long for it. */
  @Override
  public void close() {
    over.end();
    var closing = Thread.ofPlatform().daemon().name("metrics-close").start(this::closeAll);
    try {
      if (!closing.join(CLOSE)) {
        LOG.warn("The metrics reporters were not closed within {}", CLOSE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @SuppressWarnings("CatchingUnchecked") // a reporter may throw anything, also sneakily
  private void closeAll() {
    try {
      removeAll();
    } catch (Throwable e) {
      LOG.warn("Metrics could not be closed in order: {}", Traces.of(e));
    }
  }

  private void removeAll() {
    List.copyOf(meters).forEach(WorkMeter::close);
    plugins.close();
    workerId.ifPresent(id -> AppInfoParser.unregisterAppInfo(DOMAIN, id, registry.metrics()));
    registry.metrics().close();
  }
}

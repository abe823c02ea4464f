package dev.millrace.worker.metrics;

import dev.millrace.model.WorkId;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;
import org.apache.kafka.common.metrics.JmxReporter;
import org.apache.kafka.common.metrics.KafkaMetricsContext;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.AppInfoParser;
import org.apache.kafka.common.utils.Time;

/**
 * All metrics of one worker, under Kafka Connect's names. An ordinary object without statics; what
 * several workers of one JVM share is the JVM's MBean server, where the name registered last wins,
 * as with Kafka's clients. Thread-safe.
 */
public final class WorkerMetrics implements AutoCloseable {

  static final String DOMAIN = "kafka.connect";

  private final MetricsSettings settings;
  private final Registry registry;
  private final Set<WorkMeter> meters = ConcurrentHashMap.newKeySet();
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Group> connectors = new HashMap<>(); // guarded by the lock
  private final WorkerGroup worker;
  private final Rebalances rebalances;
  private final Families families;
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
  }

  private Collection<WorkMeter> meters() {
    return meters;
  }

  /** How many connectors and tasks have not returned from a call of plugin code for long. */
  public void stalls(IntSupplier count) {
    worker.stalls(count);
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

  /** Reads the counters, so that rates follow what happens; to be called about once a second. */
  public void tick() {
    long now = registry.time().milliseconds();
    worker.tick(now);
    meters.forEach(meter -> meter.tick(now));
  }

  /** Everything, in Prometheus' form; with the metrics of the work's Kafka clients. */
  public List<MetricFamily> families() {
    return families.read(meters.stream().flatMap(meter -> meter.clients().stream()).toList());
  }

  /** Removes everything and closes the reporters. */
  @Override
  public void close() {
    List.copyOf(meters).forEach(WorkMeter::close);
    workerId.ifPresent(id -> AppInfoParser.unregisterAppInfo(DOMAIN, id, registry.metrics()));
    registry.metrics().close();
  }
}

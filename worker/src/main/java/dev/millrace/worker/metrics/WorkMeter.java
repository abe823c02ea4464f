package dev.millrace.worker.metrics;

import dev.millrace.engine.Counters;
import dev.millrace.engine.Sample;
import dev.millrace.model.WorkId;
import dev.millrace.model.WorkStatus;
import dev.millrace.model.WorkStatus.Phase;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.Monitorable;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.common.metrics.Sensor;

/**
 * The metrics of one connector instance or task, from when this worker begins with it until it is
 * gone. Whatever a thread left behind still does with it after {@link #close} leaves no trace.
 * Thread-safe.
 */
public final class WorkMeter implements AutoCloseable {

  /** Told of what the worker's own metrics count. */
  interface Owner {
    /** Its thread runs. */
    void begun(WorkMeter meter);

    /** The first start has succeeded, or it has failed. */
    void startedUp(WorkId id, boolean success);

    /** No metric of it is left. */
    void closed(WorkMeter meter);
  }

  private final Registry registry;
  private final WorkId id;
  private final Owner owner;
  private final StateTimes times;
  private final PluginMeters plugins;
  private final Facts facts = new Facts();
  private final Counters counters = new Counters(this::take);
  private final Publication publication = new Publication();

  WorkMeter(Registry registry, WorkId id, Owner owner) {
    this.registry = registry;
    this.id = id;
    this.owner = owner;
    this.times = new StateTimes(registry.time());
    this.plugins = new PluginMeters(registry.metrics());
  }

  /** What its plugins are, and what its clients say; known bit by bit. Thread-safe. */
  private static final class Facts {
    private final Map<String, PluginInfo> plugins = new ConcurrentHashMap<>();
    private final Map<String, ClientMetrics> clients = new ConcurrentHashMap<>();
  }

  /** The published groups. Guarded by its lock. */
  private static final class Publication {
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Group> groups = new ArrayList<>();
    private volatile Map<Sample, Sensor> sensors = Map.of();
    private boolean startedUp;
    private boolean closed;

    /** Does it, unless the work is gone meanwhile. */
    void whileOpen(Runnable step) {
      lock.lock();
      try {
        if (!closed) step.run();
      } finally {
        lock.unlock();
      }
    }

    void add(Supplier<List<Group>> maker) {
      whileOpen(() -> groups.addAll(maker.get()));
    }

    List<Group> present() {
      lock.lock();
      try {
        return List.copyOf(groups);
      } finally {
        lock.unlock();
      }
    }

    boolean firstStart() {
      lock.lock();
      try {
        boolean first = !startedUp;
        startedUp = true;
        return first;
      } finally {
        lock.unlock();
      }
    }

    boolean close() {
      lock.lock();
      try {
        boolean open = !closed;
        closed = true;
        sensors = Map.of();
        groups.forEach(Group::close);
        groups.clear();
        return open;
      } finally {
        lock.unlock();
      }
    }
  }

  WorkId id() {
    return id;
  }

  Phase phase() {
    return times.phase();
  }

  Collection<ClientMetrics> clients() {
    return facts.clients.values();
  }

  /** What the work counts with. */
  public Counters counters() {
    return counters;
  }

  private void take(Sample what, long value) {
    Sensor sensor = publication.sensors.get(what);
    if (sensor != null) sensor.record((double) value, registry.time().milliseconds());
  }

  /** Its status, as it is shown to people. */
  public void became(WorkStatus status) {
    times.became(status);
    boolean started = status.phase() == Phase.RUNNING;
    if ((started || status.phase() == Phase.FAILED) && publication.firstStart()) {
      owner.startedUp(id, started);
    }
  }

  /** Its thread runs, and begins with what may not return. */
  public void begin() {
    counters.turnBegan(registry.time().hiResClockMs());
    publication.whileOpen(() -> owner.begun(this));
  }

  /** Registers the metrics of its kind. */
  public void publish(WorkKind kind, PluginInfo connector) {
    facts.plugins.put("connector", connector);
    publication.add(() -> id.isInstance() ? List.of(connectorGroup(kind)) : taskGroups(kind));
  }

  private Group connectorGroup(WorkKind kind) {
    return plugin(new Group(registry.metrics(), "connector-metrics", tags()), "connector")
        .text("connector-type", "source or sink", kind::connectorType)
        .text("status", "State of the connector", this::status);
  }

  private List<Group> taskGroups(WorkKind kind) {
    var task = new Group(registry.metrics(), "connector-task-metrics", tags());
    task.text("status", "State of the task", this::status)
        .text("connector-type", "source or sink", kind::connectorType)
        .number("running-ratio", "Share of time running", () -> times.ratio(Phase.RUNNING))
        .number("pause-ratio", "Share of time paused", () -> times.ratio(Phase.PAUSED));
    for (String role :
        List.of("connector", "task", "key-converter", "value-converter", "header-converter")) {
      plugin(task, role);
    }
    var more = new TaskGroups(registry, tags(), counters);
    more.common(task);
    if (kind == WorkKind.SINK) more.sink();
    else more.source(kind == WorkKind.TRANSACTIONAL_SOURCE);
    more.errors();
    publication.sensors = Map.copyOf(more.sensors());
    var all = new ArrayList<>(more.groups());
    all.add(task);
    return all;
  }

  private Group plugin(Group group, String role) {
    return group
        .text(role + "-class", "Class of the " + role, () -> fact(role).type())
        .text(role + "-version", "Version of the " + role, () -> fact(role).version());
  }

  private PluginInfo fact(String role) {
    return facts.plugins.getOrDefault(role, PluginInfo.UNKNOWN);
  }

  private String status() {
    return WorkerGroup.statusName(times.phase());
  }

  /** The task object has been made. */
  public <T> T task(T task) {
    facts.plugins.put("task", PluginInfo.of(task));
    return task;
  }

  /**
   * A converter has been configured; gives it its metrics if it wants some.
   *
   * @param part {@code key}, {@code value} or {@code header}
   */
  public void converter(String part, Object converter) {
    boolean first = facts.plugins.put(part + "-converter", PluginInfo.of(converter)) == null;
    if (first) monitor(converter, "converter", part);
  }

  /** A transformation has been configured; gives it its metrics if it wants some. */
  public void transformation(String alias, Object transformation) {
    if (publishPlugin("transform", alias, transformation)) {
      monitor(transformation, "transformation", alias);
    }
  }

  /**
   * A predicate has been configured; gives it its metrics if it wants some. Of several that go by
   * one alias, each for another transformation, the first has metrics: their names are the same.
   */
  public void predicate(String alias, Object predicate) {
    if (publishPlugin("predicate", alias, predicate)) monitor(predicate, "predicate", alias);
  }

  /** Whether it is the first of that alias. */
  private boolean publishPlugin(String role, String alias, Object plugin) {
    var info = PluginInfo.of(plugin);
    if (facts.plugins.putIfAbsent(role + " " + alias, info) != null) return false;
    var name = "connector-" + role + "-metrics";
    publication.add(
        () ->
            List.of(
                new Group(registry.metrics(), name, tags(role, alias))
                    .text(role + "-class", "Class of the " + role, info::type)
                    .text(role + "-version", "Version of the " + role, info::version)));
    return true;
  }

  private void monitor(Object plugin, String tag, String value) {
    if (plugin instanceof Monitorable monitorable) {
      monitorable.withPluginMetrics(plugins.of(tags(tag, value)));
    }
  }

  /** What the connector's or task's context hands out. */
  public PluginMetrics plugin() {
    return plugins.of(tags());
  }

  /** The plugins have been closed; what they registered goes. */
  public void pluginsClosed() {
    plugins.close();
  }

  /**
   * A Kafka client of the work; one of the same id takes its place. It is read as long as somebody
   * else keeps it.
   *
   * @param domain the domain of its MBeans, such as {@code kafka.producer}
   */
  public <C> void client(
      String domain,
      String clientId,
      C client,
      Function<C, Map<MetricName, ? extends Metric>> metrics) {
    facts.clients.put(domain + clientId, ClientMetrics.of(domain, client, metrics));
  }

  private Map<String, String> tags() {
    var tags = new LinkedHashMap<String, String>();
    tags.put("connector", id.connector());
    if (!id.isInstance()) tags.put("task", Integer.toString(id.task()));
    return tags;
  }

  private Map<String, String> tags(String more, String value) {
    var tags = tags();
    tags.put(more, value);
    return tags;
  }

  /** Reads the counters; about once a second. */
  void tick(long nowMs) {
    publication.present().forEach(group -> group.tick(nowMs));
  }

  /** The work is gone from this worker, or its thread has been left behind. Idempotent. */
  @Override
  public void close() {
    plugins.close();
    facts.clients.clear();
    if (publication.close()) owner.closed(this);
  }
}

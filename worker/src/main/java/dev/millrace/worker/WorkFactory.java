package dev.millrace.worker;

import dev.millrace.engine.CommitSettings;
import dev.millrace.engine.ConditionWaits;
import dev.millrace.engine.Environment;
import dev.millrace.engine.ErrorHandling;
import dev.millrace.engine.LaneSettings;
import dev.millrace.engine.Reporters;
import dev.millrace.engine.TaskName;
import dev.millrace.engine.TaskPlugin;
import dev.millrace.engine.TopicCreator;
import dev.millrace.engine.Upkeep;
import dev.millrace.engine.Waits;
import dev.millrace.engine.WorkListener;
import dev.millrace.engine.connector.ConnectorRunner;
import dev.millrace.engine.connector.ConnectorSetup;
import dev.millrace.engine.sink.Membership;
import dev.millrace.engine.sink.PutOverlap;
import dev.millrace.engine.sink.SinkInput;
import dev.millrace.engine.sink.SinkRunner;
import dev.millrace.engine.sink.SinkSetup;
import dev.millrace.engine.source.Overlap;
import dev.millrace.engine.source.SourceRunner;
import dev.millrace.engine.source.SourceSetup;
import dev.millrace.kafka.ClientSettings;
import dev.millrace.kafka.TopicSpec;
import dev.millrace.kafka.Topics;
import dev.millrace.model.ClusterState;
import dev.millrace.model.ConnectorState;
import dev.millrace.model.TargetState;
import dev.millrace.model.WorkId;
import dev.millrace.model.WorkSpec;
import dev.millrace.plugins.PluginCatalog;
import dev.millrace.plugins.PluginDescriptor;
import dev.millrace.plugins.PluginKind;
import dev.millrace.worker.metrics.PluginInfo;
import dev.millrace.worker.metrics.WorkKind;
import dev.millrace.worker.metrics.WorkMeter;
import dev.millrace.worker.preflight.ClientOverrides;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.connect.connector.Connector;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.health.ConnectorType;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;

/**
 * Makes the runners of connector instances and tasks: resolved configuration, plugins, clients,
 * engine. Thread-safe; {@link #make} is called on the work's own thread.
 */
final class WorkFactory implements RunnerFactory {

  private static final Duration DLQ_TOPIC_TIMEOUT = Duration.ofSeconds(60);

  private final WorkerSettings settings;
  private final PluginCatalog catalog;
  private final ConfigResolver resolver;
  private final SecretExpiry expiry;
  private final ClientSettings clients;
  private final OffsetStores offsets;
  private final Queryables queryables;
  private final PipelineAssembly pipelines;
  private final ClientOverrides overrides;
  private final SourceOutputs outputs;
  private final SlowSinks slowSinks = new SlowSinks();

  WorkFactory(Parts parts, SecretExpiry expiry, OffsetStores offsets, Queryables queryables) {
    this.expiry = expiry;
    this.settings = parts.settings();
    this.catalog = parts.catalog();
    this.resolver = parts.resolver();
    this.clients = new ClientSettings(parts.settings().originals(), "");
    this.offsets = offsets;
    this.queryables = queryables;
    this.pipelines = new PipelineAssembly(parts.catalog(), parts.settings());
    this.overrides = parts.overrides();
    this.outputs =
        new SourceOutputs(parts.settings(), clients, offsets, parts.state(), parts.fences());
  }

  /** What a worker is made of and does not change. */
  record Parts(
      WorkerSettings settings,
      PluginCatalog catalog,
      ConfigResolver resolver,
      ClientOverrides overrides,
      Supplier<ClusterState> state,
      Fences fences) {}

  @Override
  public Runner make(WorkSpec spec, ConnectorState connector, Listener listener, WorkMeter meter) {
    var resolved = resolve(connector.config(), listener);
    var config = resolved.config();
    expiry.used(spec.id().connector(), resolved, config);
    var plugin = plugin(config);
    boolean paused = spec.target() != TargetState.STARTED;
    var id = spec.id();
    requireOverrides(id, plugin, config);
    var surroundings = new Surroundings(listener, meter);
    meter.publish(kind(plugin), new PluginInfo(plugin.className(), plugin.version()));
    if (id.isInstance()) {
      var publishing =
          new PublishedTasks(
              listener,
              id.connector(),
              connector.config(),
              resolved.secrets(),
              settingsOf(plugin, config));
      var waits = new WakingWaits(Surroundings.waits(), listener::wanted);
      return instance(
          id, plugin, config, spec.target(), surroundings.environment(waits, publishing));
    }
    var resolvedTask = resolve(connector.tasks().get(id.task()), listener);
    expiry.used(id.connector(), resolvedTask, config);
    var task = resolvedTask.config();
    checkTaskCount(id, connector, plugin, config);
    return plugin.kind() == PluginKind.SOURCE
        ? source(id, plugin, config, connector, task, paused, surroundings)
        : sink(id, plugin, config, task, paused, surroundings);
  }

  /** Who is told of the work's life, and what measures it. */
  private record Surroundings(Listener listener, WorkMeter meter) {
    Environment environment() {
      return environment(waits(), listener);
    }

    /** The same with another listener. */
    Environment environment(Waits waits, WorkListener other) {
      return new Environment(waits, other, meter.counters(), meter::plugin, listener::hidden);
    }

    static Waits waits() {
      return new ConditionWaits(System::nanoTime, Clock.systemUTC());
    }
  }

  private WorkKind kind(PluginDescriptor plugin) {
    if (plugin.kind() != PluginKind.SOURCE) return WorkKind.SINK;
    return settings.exactlyOnceSources() ? WorkKind.TRANSACTIONAL_SOURCE : WorkKind.SOURCE;
  }

  private ConfigResolver.Resolved resolve(Map<String, String> raw, Listener listener) {
    var resolved = resolver.resolveAll(raw);
    listener.knows(resolved.secrets());
    return resolved;
  }

  private PluginDescriptor plugin(Map<String, String> config) {
    String version = config.get(ConnectorSettings.VERSION);
    var newest = catalog.connector(config.get(ConnectorSettings.CLASS));
    return version == null
        ? newest
        : catalog.find(newest.kind(), newest.className(), version).orElse(newest);
  }

  private void requireOverrides(WorkId id, PluginDescriptor plugin, Map<String, String> config) {
    overrides.require(
        new ClientOverrides.Subject(
            id.connector(),
            plugin.kind() == PluginKind.SOURCE ? ConnectorType.SOURCE : ConnectorType.SINK,
            plugin.loader(),
            plugin.className(),
            config));
  }

  private static void checkTaskCount(
      WorkId id, ConnectorState connector, PluginDescriptor plugin, Map<String, String> config) {
    var own = settingsOf(plugin, config);
    if (own.tasksMaxEnforced() && connector.tasks().size() > own.tasksMax()) {
      throw new ConnectException(
          "Connector %s has %d tasks, but tasks.max allows %d"
              .formatted(id.connector(), connector.tasks().size(), own.tasksMax()));
    }
  }

  private static ConnectorSettings settingsOf(PluginDescriptor plugin, Map<String, String> config) {
    return plugin.kind() == PluginKind.SOURCE
        ? ConnectorSettings.source(config)
        : ConnectorSettings.sink(config);
  }

  private Runner instance(
      WorkId id,
      PluginDescriptor plugin,
      Map<String, String> config,
      TargetState target,
      Environment environment) {
    var own = settingsOf(plugin, config);
    if (plugin.kind() == PluginKind.SINK) own.topics(); // checked again at each start
    var held = offsets.of(id.connector(), config);
    var setup =
        new ConnectorSetup(
            id.connector(),
            () -> catalog.newInstance(plugin, Connector.class),
            config,
            plugin.loader(),
            held.offsets(),
            environment);
    return Runners.of(
        new ConnectorRunner(setup, own.tasksMax(), target),
        new Runners.About(plugin.version(), environment),
        held::close);
  }

  private Runner source(
      WorkId id,
      PluginDescriptor plugin,
      Map<String, String> config,
      ConnectorState connector,
      Map<String, String> task,
      boolean paused,
      Surroundings surroundings) {
    var own = ConnectorSettings.source(config);
    var errors = own.errors();
    var table = new TaskTable(id);
    var meter = surroundings.meter();
    var environment = surroundings.environment();
    var helpers = new HelperThreads(id);
    var output = outputs.open(id, connector, config, topics(id, config), meter);
    var setup =
        new SourceSetup(
            new TaskName(id.connector(), id.task()),
            new TaskPlugin<SourceTask, SourceRecord>(
                () -> table.note(meter.task(task(plugin, task, SourceTask.class))),
                () -> pipelines.make(plugin, config, meter),
                new LaneSettings(ConnectorSettings.lanes(config), helpers),
                task,
                plugin.loader()),
            output.output(),
            upkeep(id),
            ConnectorSettings.overlaps(config) ? Overlap.whenItPays(helpers) : Overlap.none(),
            new ErrorHandling(
                errors,
                () -> Reporters.forSource(errors, environment, queue(id, config, own, meter))),
            environment);
    return Runners.of(
        new SourceRunner(setup, paused),
        new Runners.About(plugin.version(), environment, helpers::present),
        () -> {
          helpers.close();
          table.takeBack();
          output.close().run();
        });
  }

  /** Threads that live as long as one call beside the task's own thread. */
  private static Executor aside(WorkId id) {
    String name = "task-aside-" + id.connector() + "-" + id.task();
    return call -> Thread.ofPlatform().daemon().name(name).start(call);
  }

  private Upkeep upkeep(WorkId id) {
    return new Upkeep(commits(), settings.idleClients(), aside(id));
  }

  /** Of dead letters; settings that no producer can be made of fail the task's start. */
  private Reporters.Queue queue(
      WorkId id, Map<String, String> config, ConnectorSettings own, WorkMeter meter) {
    var producer = clients.deadLetterProducer(id.connector(), id.task(), config);
    if (own.errors().deadLetters().enabled()) ProducerConfig.configDef().parse(producer);
    return new Reporters.Queue(
        () -> KafkaClients.producer(producer, meter), deadLetterTopic(id, config, own), upkeep(id));
  }

  private Runner sink(
      WorkId id,
      PluginDescriptor plugin,
      Map<String, String> config,
      Map<String, String> task,
      boolean paused,
      Surroundings surroundings) {
    var own = ConnectorSettings.sink(config);
    var table = new TaskTable(id);
    var meter = surroundings.meter();
    var environment = surroundings.environment();
    var consumer = clients.sinkConsumer(id.connector(), id.task(), config);
    var helpers = new HelperThreads(id);
    var setup =
        new SinkSetup(
            new TaskName(id.connector(), id.task()),
            new TaskPlugin<SinkTask, SinkRecord>(
                () -> table.note(meter.task(task(plugin, task, SinkTask.class))),
                () -> pipelines.make(plugin, config, meter),
                new LaneSettings(ConnectorSettings.lanes(config), helpers),
                task,
                plugin.loader()),
            new SinkInput(
                () -> KafkaClients.consumer(consumer, meter),
                own.topics(),
                new Membership(slowSinks, ClientSettings.maxPollInterval(consumer)),
                ConnectorSettings.overlaps(config)
                    ? PutOverlap.whenItPays(helpers)
                    : PutOverlap.none(),
                ConnectorSettings.bisectsPuts(config)),
            commits(),
            new ErrorHandling(
                own.errors(),
                () -> Reporters.forSink(own.errors(), environment, queue(id, config, own, meter))),
            environment);
    return Runners.of(
        new SinkRunner(setup, paused),
        new Runners.About(plugin.version(), environment, helpers::present),
        () -> {
          helpers.close();
          table.takeBack();
        });
  }

  private <T extends Task> T task(
      PluginDescriptor plugin, Map<String, String> task, Class<T> type) {
    return catalog.newInstance(task.get("task.class"), plugin.loader(), type);
  }

  /** The table of one task, if it keeps one. Owned by the task's thread. */
  private final class TaskTable {
    private final WorkId id;
    private Runnable back = () -> {};

    TaskTable(WorkId id) {
      this.id = id;
    }

    <T> T note(T task) {
      back = queryables.offer(id, task);
      return task;
    }

    void takeBack() {
      back.run();
    }
  }

  private TopicCreator deadLetterTopic(
      WorkId id, Map<String, String> config, ConnectorSettings own) {
    var admin = clients.deadLetterAdmin(id.connector(), id.task(), config);
    short replication = own.errors().deadLetters().replicationFactor();
    return topic -> createDeadLetterTopic(topic, replication, admin);
  }

  private static void createDeadLetterTopic(
      String topic, short replication, Map<String, Object> settings) {
    try (var admin = KafkaClients.admin(settings)) {
      new Topics(admin, DLQ_TOPIC_TIMEOUT).create(new TopicSpec(topic, 1, replication, Map.of()));
    }
  }

  private TopicCreator topics(WorkId id, Map<String, String> config) {
    return settings.topicCreation()
        ? TopicCreation.of(config, clients.sourceAdmin(id.connector(), id.task(), config))
        : TopicCreator.NONE;
  }

  private CommitSettings commits() {
    return new CommitSettings(settings.flushInterval(), settings.flushTimeout());
  }
}

package dev.millrace.worker;

import dev.millrace.engine.ConditionWaits;
import dev.millrace.kafka.ClientSettings;
import dev.millrace.model.ClusterState;
import dev.millrace.model.Command;
import dev.millrace.model.CommandResult;
import dev.millrace.model.Rejection;
import dev.millrace.plugins.PluginCatalog;
import dev.millrace.plugins.PluginException;
import dev.millrace.plugins.PluginKind;
import dev.millrace.worker.cluster.Cluster;
import dev.millrace.worker.cluster.ClusterSettings;
import dev.millrace.worker.cluster.FenceGate;
import dev.millrace.worker.cluster.KafkaCluster;
import dev.millrace.worker.cluster.Members;
import dev.millrace.worker.events.EventLog;
import dev.millrace.worker.keys.WorkerMode;
import dev.millrace.worker.listing.PluginListing;
import dev.millrace.worker.logging.LogLevels;
import dev.millrace.worker.metrics.MetricFamily;
import dev.millrace.worker.metrics.WorkerMetrics;
import dev.millrace.worker.offsets.OffsetAdmin;
import dev.millrace.worker.offsets.OffsetChanges;
import dev.millrace.worker.preflight.ClientOverrides;
import dev.millrace.worker.validation.Validation;
import dev.millrace.worker.validation.Validator;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.crypto.SecretKey;
import org.apache.kafka.common.config.provider.ConfigProvider;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.AppInfoParser;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.connect.health.ConnectorType;
import org.apache.kafka.connect.rest.ConnectRestExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One worker: runs connectors and tasks, and answers requests. An ordinary object without statics;
 * several may run in one JVM. Made by {@link #builder}, used through {@link WorkerApi}.
 * Thread-safe.
 */
public final class Worker implements WorkerApi, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(90); // compat: REST §3
  private static final Duration STOP_AT_MOST = Duration.ofMinutes(2);

  private final WorkerSettings settings;
  private final PluginCatalog catalog;
  private final ConfigResolver resolver;
  private final ClientOverrides overrides;
  private final Validator validator;
  private final EventLog events = new EventLog(InstantSource.system());
  private final StatusBoard statuses = new StatusBoard(events);
  private final OffsetChanges offsetChanges = new OffsetChanges(this::ask);
  private final Administration administration;
  private final Instant begun = Instant.now();
  private final SecretExpiry expiry;
  private final Queryables queryables = new Queryables();
  private final OffsetStores offsets;
  private final RestExtensions extensions;
  private final WorkerMetrics metrics;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final CountDownLatch over = new CountDownLatch(1);
  private final ClusterLookup clusterId;
  private final CompletableFuture<Void> started = new CompletableFuture<>();
  private final CompletableFuture<Void> death = new CompletableFuture<>();
  private Optional<RestListener> rest = Optional.empty(); // bound once, before start() returns
  private volatile Optional<Shell> shell = Optional.empty(); // REST is served before control begins
  private final SecretKey ownKey = SessionKeys.random(); // nobody else has it
  private volatile Optional<Cluster> cluster = Optional.empty();
  private volatile Duration requestTimeout = REQUEST_TIMEOUT;
  private volatile String workerId = "";
  private volatile String member = "";

  private Worker(Builder builder) {
    if (builder.settings.temporaryDataDir()) DataFolder.prepareShared();
    this.catalog = PluginCatalog.scan(builder.settings.pluginScan(Worker.class.getClassLoader()));
    var providers = ConfiguredProviders.of(builder.settings, catalog);
    this.settings = builder.settings.resolved(new ConfigResolver(providers)::resolve);
    this.resolver = new ConfigResolver(providersOfConnectors(providers, builder));
    this.overrides =
        ClientOverrides.of(catalog, settings.originals(), settings.exactlyOnceSources());
    this.metrics = new WorkerMetrics(settings.metrics(), Time.SYSTEM);
    overrides.monitor(metrics::plugin);
    this.extensions = new RestExtensions(catalog, settings.originals(), metrics::plugin);
    this.clusterId =
        new ClusterLookup(
            new ClientSettings(settings.originals(), "").sharedAdmin(),
            settings.bootstrapServers());
    this.validator =
        new Validator(
            catalog, resolver::resolution, settings.view(), overrides, this::requestTimeout);
    this.expiry = new SecretExpiry(resolver, this::state, this::carryOut);
    this.offsets = new OffsetStores(settings, new ClientSettings(settings.originals(), ""));
    var targets = new OffsetTargets(settings, catalog, resolver, overrides, offsets);
    this.administration =
        Administration.of(catalog, targets, name -> state().connector(name), offsetChanges);
  }

  /** A builder without settings. */
  public static Builder builder() {
    return new Builder();
  }

  /** What a worker is made from. Not thread-safe. */
  public static final class Builder {
    private WorkerSettings settings;
    private Optional<RestListener.Factory> rest = Optional.empty();
    private final Map<String, ConfigProvider> providers = new HashMap<>();

    private Builder() {}

    /** Required. */
    public Builder settings(WorkerSettings given) {
      this.settings = given;
      return this;
    }

    /** Serves REST; without it the worker is asked through the handle only. */
    public Builder rest(RestListener.Factory factory) {
      this.rest = Optional.of(factory);
      return this;
    }

    /** A config provider in addition to those of the settings; wins over one of the same name. */
    public Builder configProvider(String name, ConfigProvider provider) {
      providers.put(name, provider);
      return this;
    }

    /** Makes the worker, binds REST and begins. Fails only when an address cannot be bound. */
    public Worker start() {
      if (settings == null) throw new IllegalStateException("a worker needs settings");
      var worker = new Worker(this);
      try {
        LOG.info("Settings:\n\t{}", String.join("\n\t", worker.settings.shown()));
        worker.settings.remarks().forEach(LOG::warn);
        worker.begin(rest);
      } catch (RuntimeException | Error e) { // of plugins, too
        worker.close();
        throw e;
      }
      return worker;
    }
  }

  /** Those of the settings, then our own, then those of whoever embeds the worker. */
  private Map<String, ConfigProvider> providersOfConnectors(
      Map<String, ConfigProvider> configured, Builder builder) {
    var providers = new HashMap<>(configured);
    providers.put("worker", new WorkerFacts(settings));
    providers.putAll(builder.providers);
    return providers;
  }

  private static String hostAndPort(URI uri) {
    return uri.getHost() + ":" + uri.getPort();
  }

  private void begin(Optional<RestListener.Factory> http) {
    clusterId.begin(); // Kafka's clients warm up while REST is opened
    rest = http.map(factory -> factory.open(settings.originals(), this));
    workerId = rest.map(r -> hostAndPort(r.advertised())).orElse("embedded:0");
    metrics.identified(workerId);
    metrics.begin();
    member = workerId + "#" + UUID.randomUUID();
    var self =
        new Members.Member(member, rest.map(r -> r.advertised().toString()).orElse(workerId));
    var formation = new Formation(settings, resolver);
    var others = formation.cluster(self, workerId);
    var parts =
        new WorkFactory.Parts(
            settings, catalog, resolver, overrides, this::state, formation.fences(others));
    var factory = new WorkFactory(parts, expiry, offsets, queryables);
    others.statuses().ifPresent(statuses::share);
    if (!settings.topicTracking()) statuses.forgetTopics();
    var clocks = new ConditionWaits(System::nanoTime, InstantSource.system());
    var stalls = new StallWatch(settings.stalledAfter(), clocks, statuses);
    metrics.stalls(statuses::stalls);
    var control =
        new Shell(
            member,
            others,
            settings.restarts(),
            administration::set,
            events ->
                new Crew(factory, statuses, metrics, workerId, settings.stopTimeout(), events)
                    .reporting(stalls));
    cluster = Optional.of(others);
    others.metrics().ifPresent(ofGroup -> metrics.group(ofGroup::all));
    var prepared = // beside the joining, and not before Kafka has answered
        others.read().thenCompose(read -> offsets.prepare().whenComplete(control::dieOf));
    follow(control.joined().thenCompose(joined -> prepared), started);
    var unused =
        control
            .death()
            .exceptionally(
                error -> {
                  started.completeExceptionally(error);
                  return null;
                });
    follow(control.death(), death);
    shell = Optional.of(control);
    control.start();
    clusterId.tell(metrics::clusterIs);
  }

  private static void follow(CompletableFuture<Void> source, CompletableFuture<Void> target) {
    var unused =
        source.whenComplete(
            (done, error) -> {
              if (error == null) target.complete(null);
              else target.completeExceptionally(error);
            });
  }

  /** The worker's settings, their placeholders resolved: not to be shown. */
  public WorkerSettings settings() {
    return settings;
  }

  /** The bound REST address; empty without REST. */
  public Optional<URI> restUri() {
    return rest.map(RestListener::uri);
  }

  /** Where {@code /admin} is served; empty when nowhere. */
  public Optional<URI> adminUri() {
    return rest.flatMap(RestListener::adminUri);
  }

  /** The registry of this worker's metrics, for reading and for reporters of whoever embeds it. */
  public Metrics metricsRegistry() {
    return metrics.registry();
  }

  /** How long requests may take from now on, at first 90 s. */
  public void requestTimeout(Duration atMost) {
    requestTimeout = atMost;
  }

  @Override
  public Duration requestTimeout() {
    return requestTimeout;
  }

  /** The plugins this worker has. */
  public PluginCatalog plugins() {
    return catalog;
  }

  /**
   * Completed when the worker is over: normally after {@link #close}, exceptionally when it died.
   */
  public CompletableFuture<Void> death() {
    return death;
  }

  /**
   * Completed when the log has been read and the worker takes commands; exceptionally when it
   * cannot.
   */
  public CompletableFuture<Void> started() {
    return started;
  }

  /**
   * Stops REST, then all work, each task within the stop timeout, then everything else. Idempotent:
   * whoever asks again waits for the first. Returns within seconds though plugin code or Kafka
   * hangs.
   */
  public void stop() {
    var hold = ready() ? settings.restartHold() : Duration.ZERO;
    if (!closed.compareAndSet(false, true)) {
      awaitOver();
      return;
    }
    try {
      Closing.of("REST", () -> rest.ifPresent(RestListener::close));
      Closing.of("its notice", () -> ReturnNotice.give(this, hold, this::carryOut));
      Closing.of("its work", () -> shell.ifPresent(Shell::close));
      Closing.of("the lookup of the cluster", clusterId::close);
      Closing.of("the expiry of secrets", expiry::close);
      Closing.of("offset stores", offsets::close);
      Closing.plugins(extensions::close, overrides::close, resolver::close);
      Closing.of("metrics", metrics::close);
      Closing.of("plugins", catalog::close);
      if (settings.temporaryDataDir()) DataFolder.delete(settings.dataDir());
    } finally {
      over.countDown();
    }
  }

  private void awaitOver() {
    try {
      if (!over.await(STOP_AT_MOST.toSeconds(), TimeUnit.SECONDS)) {
        LOG.warn("The worker is still being stopped after {}", STOP_AT_MOST);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** {@link #stop}, for blocks that own a worker. */
  @Override
  public void close() {
    stop();
  }

  @Override
  public String workerId() {
    return workerId;
  }

  @Override
  public KafkaInfo kafka() {
    return new KafkaInfo(AppInfoParser.getVersion(), AppInfoParser.getCommitId(), clusterId.id());
  }

  @Override
  public ClusterState state() {
    return shell.map(Shell::state).orElse(ClusterState.EMPTY);
  }

  @Override
  public boolean ready() {
    return started.isDone() && !started.isCompletedExceptionally() && !closed.get();
  }

  @Override
  public boolean awaitReady(Duration atMost) {
    try {
      started.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
    return ready();
  }

  @Override
  public StatusBoard statuses() {
    return statuses;
  }

  @Override
  public List<MetricFamily> metrics() {
    return metrics.families();
  }

  @Override
  public CompletableFuture<CommandResult> submit(Command command) {
    return offsetChanges.submit(command);
  }

  private CompletableFuture<CommandResult> ask(Command command) {
    return shell
        .map(control -> control.ask(command, requestTimeout))
        .orElseGet(() -> CompletableFuture.completedFuture(starting()));
  }

  private void carryOut(Command command) {
    var unused =
        submit(command)
            .thenAccept(
                result -> {
                  if (result instanceof CommandResult.NotLeader) {
                    cluster.ifPresent(c -> c.submit(command));
                  }
                });
  }

  private static CommandResult starting() {
    return new CommandResult.Rejected(
        new Rejection(
            Rejection.Code.UNAVAILABLE, "The worker is still starting up", "Repeat the request"));
  }

  @Override
  public OffsetAdmin offsets() {
    return administration.offsets();
  }

  @Override
  public PluginListing pluginListing() {
    return administration.listing();
  }

  @Override
  public List<ConnectRestExtension> restExtensions(List<String> classes) {
    return extensions.make(classes);
  }

  @Override
  public LogLevels logLevels() {
    return administration.levels();
  }

  @Override
  public EventLog events() {
    return events;
  }

  @Override
  public String stage() {
    return new Situation(begun, ready(), death, shell, cluster).sentence();
  }

  @Override
  public Leader leader() {
    return Leader.of(members(), member);
  }

  @Override
  public Leader awaitLeader() {
    return LeaderWait.of(this).await(requestTimeout);
  }

  @Override
  public boolean standalone() {
    return settings.mode() == WorkerMode.STANDALONE;
  }

  @Override
  public Optional<String> awaitStarted(String connector) {
    return new StartWait(this, connector).await(requestTimeout);
  }

  @Override
  public FenceGate.Passage awaitFenced(String connector) {
    boolean transactional = settings.exactlyOnceSources();
    return transactional && cluster.orElse(null) instanceof KafkaCluster kafka
        ? kafka.fences().awaitCurrent(connector, requestTimeout)
        : FenceGate.Passage.FREE;
  }

  @Override
  public boolean awaitOffset(long offset, Duration atMost) {
    return shell.isPresent() && shell.get().awaitOffset(offset, atMost);
  }

  @Override
  public Optional<SecretKey> sessionKey() {
    if (!ClusterSettings.present(settings.originals())) return Optional.of(ownKey);
    return state().sessionKey().map(SessionKeys::of);
  }

  @Override
  public Members members() {
    return cluster.map(Cluster::members).orElse(Members.NONE);
  }

  @Override
  public String member() {
    return member;
  }

  @Override
  public ConnectorType typeOf(Map<String, String> config) {
    try {
      var plugin = catalog.connector(config.getOrDefault(ConnectorSettings.CLASS, ""));
      return plugin.kind() == PluginKind.SOURCE ? ConnectorType.SOURCE : ConnectorType.SINK;
    } catch (PluginException e) {
      return ConnectorType.UNKNOWN;
    }
  }

  @Override
  public Validation validate(Map<String, String> config) {
    return validator.validate(config);
  }

  @Override
  public Optional<String> query(String connector, String key) {
    return queryables.query(connector, key);
  }
}

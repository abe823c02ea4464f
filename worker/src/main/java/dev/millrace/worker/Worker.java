package dev.millrace.worker;

import dev.millrace.engine.ConditionWaits;
import dev.millrace.kafka.ClientSettings;
import dev.millrace.kafka.config.FileConfigLog;
import dev.millrace.kafka.config.MemoryConfigLog;
import dev.millrace.model.ClusterState;
import dev.millrace.model.Command;
import dev.millrace.model.CommandResult;
import dev.millrace.model.ConnectorState;
import dev.millrace.model.Rejection;
import dev.millrace.plugins.PluginCatalog;
import dev.millrace.plugins.PluginException;
import dev.millrace.plugins.PluginKind;
import dev.millrace.worker.cluster.Alone;
import dev.millrace.worker.cluster.Cluster;
import dev.millrace.worker.cluster.ClusterSettings;
import dev.millrace.worker.cluster.KafkaCluster;
import dev.millrace.worker.cluster.Members;
import dev.millrace.worker.events.EventLog;
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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.crypto.SecretKey;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.provider.ConfigProvider;
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
  private static final Duration PLUGINS_CLOSE = Duration.ofSeconds(2);
  private static final Duration CLUSTER_LOOKUP = Duration.ofSeconds(30);

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
  private final CompletableFuture<String> clusterId = new CompletableFuture<>();
  private final CompletableFuture<Void> started = new CompletableFuture<>();
  private final CompletableFuture<Void> death = new CompletableFuture<>();
  private Optional<RestListener> rest = Optional.empty(); // bound once, before start() returns
  private volatile Optional<Shell> shell = Optional.empty(); // REST is served before control begins
  private final SecretKey ownKey = SessionKeys.random(); // nobody else has it
  private volatile Optional<Cluster> cluster = Optional.empty();
  private volatile Optional<Admin> lookup = Optional.empty(); // asks for the cluster's id
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
    this.validator = new Validator(catalog, resolver::resolution, settings.view(), overrides);
    this.expiry = new SecretExpiry(resolver, this::state, this::carryOut);
    this.offsets = new OffsetStores(settings, new ClientSettings(settings.originals(), ""));
    this.administration =
        Administration.of(
            settings, catalog, resolver, offsets, name -> state().connector(name), offsetChanges);
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
        worker.settings.remarks().forEach(LOG::warn);
        worker.begin(rest);
      } catch (RuntimeException e) {
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
    rest = http.map(factory -> factory.open(settings.originals(), this));
    workerId = rest.map(r -> hostAndPort(r.advertised())).orElse("embedded:0");
    metrics.identified(workerId);
    metrics.begin();
    member = workerId + "#" + UUID.randomUUID();
    var others = cluster();
    var parts =
        new WorkFactory.Parts(settings, catalog, resolver, overrides, this::state, fences(others));
    var factory = new WorkFactory(parts, expiry, offsets, queryables);
    others.statuses().ifPresent(statuses::share);
    var clocks = new ConditionWaits(System::nanoTime, InstantSource.system());
    var stalls = new StallWatch(settings.stalledAfter(), clocks, statuses);
    metrics.stalls(statuses::stalls);
    var control =
        new Shell(
            member,
            others,
            settings.restarts(),
            events ->
                new Crew(factory, statuses, metrics, workerId, settings.stopTimeout(), events)
                    .reporting(stalls));
    cluster = Optional.of(others);
    others.metrics().ifPresent(ofGroup -> metrics.group(ofGroup::all));
    follow(control.joined().thenCompose(joined -> others.read()), started);
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
    Thread.ofVirtual().name("cluster-id").start(this::lookUpCluster);
  }

  private Cluster cluster() {
    var self =
        new Members.Member(member, rest.map(r -> r.advertised().toString()).orElse(workerId));
    return switch (settings.mode()) {
      case DISTRIBUTED ->
          new KafkaCluster(
              ClusterSettings.of(settings.originals()),
              new ClientSettings(settings.originals(), ""),
              self,
              workerId,
              this::fence);
      case ALONE ->
          new Alone(new FileConfigLog(settings.dataDir().resolve("config.log"), member), self);
      case STANDALONE -> new Alone(new MemoryConfigLog(member), self);
    };
  }

  private Fences fences(Cluster others) {
    return others instanceof KafkaCluster kafka
        ? new ClusterFences(kafka.fences())
        : new GenerationFences(settings.stopTimeout());
  }

  private void fence(String name, ConnectorState connector, int tasks) {
    var config = resolver.resolveAll(connector.config()).config();
    new Fencing(new ClientSettings(settings.originals(), ""), name, config).first(tasks);
  }

  private static void follow(CompletableFuture<Void> source, CompletableFuture<Void> target) {
    var unused =
        source.whenComplete(
            (done, error) -> {
              if (error == null) target.complete(null);
              else target.completeExceptionally(error);
            });
  }

  private void lookUpCluster() {
    var clients = new ClientSettings(settings.originals(), "");
    var admin = Admin.create(clients.sharedAdmin());
    lookup = Optional.of(admin);
    try {
      if (closed.get()) return; // whoever closes may not have seen the client
      var id =
          admin.describeCluster().clusterId().get(CLUSTER_LOOKUP.toSeconds(), TimeUnit.SECONDS);
      clusterId.complete(id);
      metrics.clusterIs(id);
    } catch (ExecutionException | TimeoutException | RuntimeException e) {
      if (closed.get()) return;
      LOG.warn(
          "Kafka at {} did not tell its cluster id: {}", settings.bootstrapServers(), e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      admin.close(Duration.ZERO);
    }
  }

  /** The worker's settings, their placeholders resolved: not to be shown. */
  public WorkerSettings settings() {
    return settings;
  }

  /** The bound REST address; empty without REST. */
  public Optional<URI> restUri() {
    return rest.map(RestListener::uri);
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
   * Stops REST, then all work, each task within the stop timeout, then everything else. Idempotent;
   * returns within seconds though plugin code hangs.
   */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) return;
    rest.ifPresent(RestListener::close);
    shell.ifPresent(Shell::close);
    lookup.ifPresent(admin -> admin.close(Duration.ZERO));
    expiry.close();
    offsets.close();
    closePlugins();
    metrics.close();
    catalog.close();
    if (settings.temporaryDataDir()) DataFolder.delete(settings.dataDir());
  }

  /** Their close may hang: the worker ends without it. */
  private void closePlugins() {
    var closing =
        Thread.ofPlatform()
            .daemon()
            .name("plugins-close")
            .start(
                () -> {
                  extensions.close();
                  overrides.close();
                  resolver.close();
                });
    try {
      if (!closing.join(PLUGINS_CLOSE)) {
        LOG.warn("Config providers and policies were not closed within {}", PLUGINS_CLOSE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String workerId() {
    return workerId;
  }

  @Override
  public KafkaInfo kafka() {
    return new KafkaInfo(
        AppInfoParser.getVersion(), AppInfoParser.getCommitId(), clusterId.getNow(""));
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
        .map(control -> control.ask(command))
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
    return ready()
        ? shell.map(Shell::stage).orElse("")
        : "The worker is currently initializing and reading to the end of internal topics, which began at "
            + begun
            + ".";
  }

  @Override
  public Leader leader() {
    var members = members();
    if (members.leader().isEmpty()) return new Leader.Unknown();
    if (members.leader().equals(member)) return new Leader.Here();
    return members
        .urlOf(members.leader())
        .<Leader>map(url -> new Leader.At(URI.create(url)))
        .orElseGet(Leader.Unknown::new);
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

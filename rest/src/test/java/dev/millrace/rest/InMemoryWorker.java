package dev.millrace.rest;

import dev.millrace.model.ClusterState;
import dev.millrace.model.Command;
import dev.millrace.model.CommandResult;
import dev.millrace.model.Fact;
import dev.millrace.model.TargetState;
import dev.millrace.model.Waiting;
import dev.millrace.model.WorkId;
import dev.millrace.model.WorkStatus;
import dev.millrace.model.control.Commands;
import dev.millrace.worker.QueryException;
import dev.millrace.worker.StatusBoard;
import dev.millrace.worker.TestStatuses;
import dev.millrace.worker.WorkerApi;
import dev.millrace.worker.cluster.FenceGate;
import dev.millrace.worker.cluster.Members;
import dev.millrace.worker.events.EventLog;
import dev.millrace.worker.listing.PluginListing;
import dev.millrace.worker.logging.LogLevels;
import dev.millrace.worker.metrics.MetricFamily;
import dev.millrace.worker.offsets.OffsetAdmin;
import dev.millrace.worker.validation.Validation;
import dev.millrace.worker.validation.ValidationException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.LongPredicate;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.health.ConnectorType;
import org.apache.kafka.connect.rest.ConnectRestExtension;

/**
 * A worker whose log is memory: commands are decided and folded by the model itself, and all wanted
 * work is at once in the state it is wanted in. Thread-safe; commands are guarded by itself.
 */
final class InMemoryWorker implements WorkerApi {

  static final String ID = "127.0.0.1:8083";
  static final String VERSION = "1.0";

  private final EventLog events = new EventLog(InstantSource.system());
  private final StatusBoard board = new StatusBoard(events);
  private final MemoryParts parts = new MemoryParts(this::state);
  private final Map<String, Map<String, String>> tables = new ConcurrentHashMap<>();
  private volatile ClusterState state = ClusterState.EMPTY;
  private volatile boolean ready = true;
  private final CompletableFuture<Void> becameReady = new CompletableFuture<>();
  private volatile Duration requestTimeout = Duration.ofSeconds(90);
  private volatile boolean standalone;
  private volatile Optional<Leader> nextLeader = Optional.empty();
  private volatile Function<String, Optional<String>> beginnings = name -> Optional.empty();
  private volatile FenceGate.Passage fencing = FenceGate.Passage.FREE;
  private volatile List<MetricFamily> metrics = List.of();
  private volatile Function<Command, Optional<CommandResult>> interception =
      command -> Optional.empty();
  private final Map<String, ConnectRestExtension> extensions = new ConcurrentHashMap<>();
  private volatile Runnable onQuery = () -> {};
  private final List<Members.Member> others = new CopyOnWriteArrayList<>();
  private volatile Leader leader = new Leader.Here();
  private volatile LongPredicate awaited = offset -> offset <= state.offset();
  private volatile Optional<SecretKey> key =
      Optional.of(new SecretKeySpec(new byte[32], "HmacSHA256"));

  void ready(boolean yes) {
    ready = yes;
    if (yes) becameReady.complete(null);
  }

  @Override
  public boolean awaitReady(Duration atMost) {
    try {
      becameReady.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      return false;
    }
  }

  /** How long requests may take from now on. */
  void requestTimeout(Duration atMost) {
    requestTimeout = atMost;
  }

  @Override
  public Duration requestTimeout() {
    return requestTimeout;
  }

  /** From now on it is one of the standalone mode, whose connectors begin or fail like this. */
  void standalone(Function<String, Optional<String>> beginning) {
    standalone = true;
    beginnings = beginning;
  }

  /** The worker that waits for a leader finds this one. */
  void nextLeader(Leader found) {
    nextLeader = Optional.of(found);
  }

  @Override
  public Leader awaitLeader() {
    leader = nextLeader.orElse(leader);
    return leader;
  }

  @Override
  public boolean standalone() {
    return standalone;
  }

  @Override
  public Optional<String> awaitStarted(String connector) {
    return beginnings.apply(connector);
  }

  /** Earlier tasks are fenced so. */
  void fencing(FenceGate.Passage passage) {
    fencing = passage;
  }

  @Override
  public FenceGate.Passage awaitFenced(String connector) {
    return fencing;
  }

  /** Answers chosen commands in the leader's stead. */
  void intercept(Function<Command, Optional<CommandResult>> how) {
    interception = how;
  }

  /** Runs on the thread of each query. */
  void onQuery(Runnable what) {
    onQuery = what;
  }

  /** Makes a row of a connector's table. */
  void row(String connector, String key, String row) {
    tables.computeIfAbsent(connector, c -> new ConcurrentHashMap<>()).put(key, row);
  }

  void status(String connector, int task, WorkStatus status, String version) {
    TestStatuses.put(
        board, new WorkId(connector, task), new StatusBoard.Entry(status, ID, version));
  }

  /** The work counts as running, but waits. */
  void waiting(String connector, int task, Waiting waiting) {
    TestStatuses.watch(board, new WorkId(connector, task), () -> Optional.of(waiting));
  }

  void forgetStatus(String connector, int task) {
    TestStatuses.remove(board, new WorkId(connector, task));
  }

  /** The connector wants these tasks. */
  void generateTasks(String connector, List<Map<String, String>> tasks) {
    long version = state.connectors().get(connector).restarts().instance();
    submit(new Command.PublishTasks(connector, version, tasks)).join();
  }

  @Override
  public String workerId() {
    return ID;
  }

  @Override
  public KafkaInfo kafka() {
    return new KafkaInfo("4.3.1", "26b251a451ce941d", ready ? "cluster-1" : "");
  }

  @Override
  public ClusterState state() {
    return state;
  }

  @Override
  public boolean ready() {
    return ready;
  }

  @Override
  public StatusBoard statuses() {
    return board;
  }

  void metrics(List<MetricFamily> families) {
    metrics = families;
  }

  @Override
  public List<MetricFamily> metrics() {
    return metrics;
  }

  @Override
  public CompletableFuture<CommandResult> submit(Command command) {
    if (!(leader instanceof Leader.Here)) {
      return CompletableFuture.completedFuture(new CommandResult.NotLeader("another"));
    }
    return CompletableFuture.completedFuture(
        interception.apply(command).orElseGet(() -> decide(command)));
  }

  private synchronized CommandResult decide(Command command) {
    return switch (Commands.decide(state, command)) {
      case Commands.Decision.Refused(var rejection) -> new CommandResult.Rejected(rejection);
      case Commands.Decision.Accepted(var facts, var created) -> {
        facts.forEach(this::append);
        yield new CommandResult.Done(state.offset(), created);
      }
    };
  }

  private void append(Fact fact) {
    var before = state;
    state = before.apply(before.offset() + 1, fact);
    before.work().keySet().stream()
        .filter(id -> !state.work().containsKey(id))
        .forEach(id -> TestStatuses.remove(board, id));
    state
        .work()
        .forEach(
            (id, spec) -> {
              if (!spec.equals(before.work().get(id))) {
                status(id.connector(), id.task(), wanted(spec.target()), VERSION);
              }
            });
  }

  private static WorkStatus wanted(TargetState target) {
    return switch (target) {
      case STARTED -> WorkStatus.RUNNING;
      case PAUSED -> WorkStatus.PAUSED;
      case STOPPED -> WorkStatus.STOPPED;
    };
  }

  @Override
  public OffsetAdmin offsets() {
    return parts;
  }

  @Override
  public PluginListing pluginListing() {
    return parts;
  }

  /** The extensions there are, by name. */
  void extension(String name, ConnectRestExtension extension) {
    extensions.put(name, extension);
  }

  @Override
  public List<ConnectRestExtension> restExtensions(List<String> classes) {
    return classes.stream().map(extensions::get).toList();
  }

  @Override
  public LogLevels logLevels() {
    return parts;
  }

  @Override
  public EventLog events() {
    return events;
  }

  @Override
  public String stage() {
    return ready ? "" : "The worker is currently starting.";
  }

  /** Another worker leads, or nobody. */
  void leader(Leader other) {
    leader = other;
  }

  @Override
  public Leader leader() {
    return leader;
  }

  /** Offsets are awaited by this. */
  void onAwait(LongPredicate how) {
    awaited = how;
  }

  @Override
  public boolean awaitOffset(long offset, Duration atMost) {
    return awaited.test(offset);
  }

  /** The group has this key, or none yet. */
  void sessionKey(Optional<SecretKey> known) {
    key = known;
  }

  @Override
  public Optional<SecretKey> sessionKey() {
    return key;
  }

  @Override
  public Members members() {
    var all = new ArrayList<>(others);
    all.add(new Members.Member(member(), "http://" + ID + "/"));
    return new Members(1, member(), all);
  }

  /** There is another worker. */
  void other(String member, URI url) {
    others.add(new Members.Member(member, url.toString()));
  }

  /** The connector's tasks are leased to these members, by number. */
  void lease(String connector, Map<Integer, String> holders) {
    append(new Fact.Leased(connector, new TreeMap<>(holders)));
  }

  @Override
  public String member() {
    return ID + "#1";
  }

  @Override
  public ConnectorType typeOf(Map<String, String> config) {
    return switch (config.getOrDefault("connector.class", "")) {
      case "Source" -> ConnectorType.SOURCE;
      case "Sink" -> ConnectorType.SINK;
      default -> ConnectorType.UNKNOWN;
    };
  }

  @Override
  public Validation validate(Map<String, String> config) {
    var type = config.get("connector.class");
    if (type == null) {
      throw refused("Connector config " + config + " contains no connector type");
    }
    if (type.equals("Broken")) {
      throw new ValidationException(
          ValidationException.Kind.FAILED, "The plugin's config() failed", null);
    }
    if (type.equals("AssertionError")) throw new AssertionError("a bug");
    if (typeOf(config) == ConnectorType.UNKNOWN) {
      throw refused(
          "Failed to find any class that implements Connector and which name matches "
              + type
              + ", available connectors are: Sink, Source");
    }
    var problems = problems(config);
    return new Validation(
        problems.size(), List.of(), problems, Set.of("name", "connector.class", "tasks.max"));
  }

  private static ValidationException refused(String message) {
    return new ValidationException(ValidationException.Kind.BAD_REQUEST, message, null);
  }

  private static List<Validation.Entry> problems(Map<String, String> config) {
    var problems = new ArrayList<Validation.Entry>();
    config.forEach(
        (key, value) -> {
          if (value == null) {
            problems.add(wrong(key, "Null value can not be supplied as the configuration value."));
          }
        });
    var name = config.get("name");
    if (name == null || name.isEmpty() || name.chars().anyMatch(Character::isISOControl)) {
      problems.add(wrong("name", "bad name"));
    }
    var tasksMax = config.get("tasks.max");
    if (tasksMax != null && !tasksMax.matches("[1-9][0-9]*")) {
      problems.add(wrong("tasks.max", "bad tasks.max"));
    }
    return problems;
  }

  private static Validation.Entry wrong(String key, String message) {
    return new Validation.Undefined(key, new ConfigValue(key, null, List.of(), List.of(message)));
  }

  @Override
  public Optional<String> query(String connector, String key) {
    onQuery.run();
    var table = tables.get(connector);
    if (table == null) {
      throw new QueryException(QueryException.Kind.NO_TABLE, connector + " keeps no table");
    }
    if (key.startsWith("{") && !key.endsWith("}")) {
      throw new QueryException(QueryException.Kind.BAD_KEY, "not a key");
    }
    if (key.equals("busy")) {
      throw new QueryException(QueryException.Kind.NOT_READY, "being restored");
    }
    return Optional.ofNullable(table.get(key));
  }
}

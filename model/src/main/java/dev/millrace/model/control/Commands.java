package dev.millrace.model.control;

import dev.millrace.model.ClusterState;
import dev.millrace.model.Command;
import dev.millrace.model.ConnectorState;
import dev.millrace.model.Fact;
import dev.millrace.model.Fencing;
import dev.millrace.model.RecordSize;
import dev.millrace.model.Rejection;
import dev.millrace.model.TargetState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a command means in a given state. Pure. */
public final class Commands {

  /** Marks a connector as belonging to a topology, in its configuration. */
  public static final String TOPOLOGY_KEY = "topology.name";

  private Commands() {}

  /** A command's meaning: facts, perhaps none, or a rejection. */
  public sealed interface Decision {

    /** Done once these facts are in the log. */
    record Accepted(List<Fact> facts, boolean created) implements Decision {}

    record Refused(Rejection rejection) implements Decision {}
  }

  /** Decides the command in this state. */
  public static Decision decide(ClusterState state, Command command) {
    var decision = meaning(state, command);
    return decision instanceof Decision.Accepted(var facts, var created)
        ? facts.stream().flatMap(fact -> tooLarge(fact).stream()).findFirst().orElse(decision)
        : decision;
  }

  /** Why a fact cannot be written, if so. */
  private static Optional<Decision> tooLarge(Fact fact) {
    long size = 0;
    if (fact instanceof Fact.Configured(var name, var config)) size = RecordSize.of(config);
    if (fact instanceof Fact.TasksComputed(var name, var tasks)) {
      size = tasks.stream().mapToLong(RecordSize::of).max().orElse(0);
    }
    return size <= RecordSize.MAX_CONFIG
        ? Optional.empty()
        : Optional.of(
            new Decision.Refused(
                new Rejection(
                    Rejection.Code.INVALID,
                    "The configuration of %s has %d bytes; the config topic takes at most %d"
                        .formatted(named(fact), size, RecordSize.MAX_CONFIG),
                    "Make it smaller")));
  }

  private static String named(Fact fact) {
    return fact instanceof Fact.TasksComputed ? "a task of " + fact.connector() : fact.connector();
  }

  private static Decision meaning(ClusterState state, Command command) {
    return switch (command) {
      case Command.Create create -> create(state, create);
      case Command.Configure(var name, var config) ->
          new Decision.Accepted(
              List.of(new Fact.Configured(name, config)), !state.connectors().containsKey(name));
      case Command.Replace replace -> replace(state, replace);
      case Command.Delete(var name) -> existing(state, name, c -> List.of(new Fact.Deleted(name)));
      case Command.Retarget(var name, var target) ->
          existing(state, name, c -> retarget(name, c, target));
      case Command.RestartConnector(var name, var what) ->
          existing(state, name, c -> List.of(new Fact.RestartAsked(name, what)));
      case Command.RestartTask restart -> restartTask(state, restart);
      case Command.ApplyTopology topology -> accepted(applyTopology(state, topology));
      case Command.Probe() -> accepted(List.of());
      case Command.AwaitStop(var name) -> accepted(List.of());
      case Command.PublishTasks publish -> publishTasks(state, publish);
      case Command.RecordFencing(var name, var generation) ->
          existing(state, name, c -> fenced(state.fencing(name), generation, name, c));
      case Command.Expect(var member, var holdMs) ->
          accepted(
              holdMs > 0 || state.expected().containsKey(member)
                  ? List.of(new Fact.Expected(member, holdMs))
                  : List.of());
      case Command.RestartExpired(var name, var what, var asOf) ->
          existing(
              state,
              name,
              c ->
                  c.restarts().instance() <= asOf
                      ? List.of(new Fact.RestartAsked(name, what))
                      : List.of());
      case Command.RotateKey(var key, var replaced) ->
          accepted(
              replaced.equals(state.sessionKey()) ? List.of(new Fact.KeyRotated(key)) : List.of());
      case Command.SetLevel(var logger, var level) ->
          accepted(List.of(new Fact.LevelSet(logger, level)));
    };
  }

  private interface Meaning {
    List<Fact> of(ConnectorState connector);
  }

  private static Decision existing(ClusterState state, String name, Meaning meaning) {
    Optional<ConnectorState> connector = state.connector(name);
    return connector.isPresent()
        ? accepted(meaning.of(connector.get()))
        : refused(Rejection.Code.NOT_FOUND, "Unknown connector " + name);
  }

  private static Decision create(ClusterState state, Command.Create create) {
    String name = create.connector();
    if (state.connectors().containsKey(name)) {
      return refused(Rejection.Code.ALREADY_EXISTS, "Connector " + name + " already exists");
    }
    var facts = new ArrayList<Fact>();
    if (create.target() != TargetState.STARTED) { // first, so that nobody starts it before
      facts.add(new Fact.Retargeted(name, create.target()));
    }
    facts.add(new Fact.Configured(name, create.config()));
    return new Decision.Accepted(facts, true);
  }

  private static Decision replace(ClusterState state, Command.Replace replace) {
    String name = replace.connector();
    var connector = state.connectors().get(name);
    if (connector != null && !connector.config().equals(replace.before())) {
      return refused(
          Rejection.Code.CONFLICT,
          "The configuration of connector " + name + " has been changed in the meantime");
    }
    return existing(state, name, c -> List.of(new Fact.Configured(name, replace.config())));
  }

  private static List<Fact> retarget(String name, ConnectorState connector, TargetState target) {
    var facts = new ArrayList<Fact>();
    if (target == TargetState.STOPPED && !connector.tasks().isEmpty()) {
      facts.add(new Fact.TasksComputed(name, List.of())); // compat: internal topics §5, stop
    }
    if (connector.target() != target) facts.add(new Fact.Retargeted(name, target));
    return facts;
  }

  private static Decision restartTask(ClusterState state, Command.RestartTask restart) {
    String name = restart.connector();
    var connector = state.connectors().get(name);
    if (connector == null) return refused(Rejection.Code.NOT_FOUND, "Unknown connector: " + name);
    boolean known = restart.task() >= 0 && restart.task() < connector.tasks().size();
    return known
        ? accepted(List.of(new Fact.TaskRestartAsked(name, restart.task())))
        : refused(Rejection.Code.NOT_FOUND, "Unknown task: " + name + "-" + restart.task());
  }

  private static List<Fact> applyTopology(ClusterState state, Command.ApplyTopology command) {
    var facts = new ArrayList<Fact>();
    state
        .connectors()
        .forEach(
            (name, connector) -> {
              boolean ours = command.topology().equals(connector.config().get(TOPOLOGY_KEY));
              if (ours && !command.connectors().containsKey(name)) {
                facts.add(new Fact.Deleted(name));
              }
            });
    command
        .connectors()
        .forEach(
            (name, config) -> {
              Map<String, String> before =
                  state.connector(name).map(ConnectorState::config).orElse(Map.of());
              if (!config.equals(before)) facts.add(new Fact.Configured(name, config));
            });
    return facts;
  }

  private static Decision publishTasks(ClusterState state, Command.PublishTasks command) {
    var connector = state.connectors().get(command.connector());
    boolean current =
        connector != null
            && connector.target() == TargetState.STARTED
            && connector.restarts().instance() <= command.asOf();
    if (!current) {
      return refused(
          Rejection.Code.CONFLICT,
          "Task configurations of "
              + command.connector()
              + " were generated by an instance that is out of date");
    }
    return accepted(
        connector.differsFrom(command.tasks())
            ? List.of(new Fact.TasksComputed(command.connector(), command.tasks()))
            : List.of());
  }

  private static List<Fact> fenced(
      Fencing fencing, long generation, String name, ConnectorState connector) {
    return fencing.pending() && fencing.generation() == generation
        ? List.of(new Fact.Fenced(name, connector.tasks().size()))
        : List.of();
  }

  private static Decision accepted(List<Fact> facts) {
    return new Decision.Accepted(facts, false);
  }

  private static Decision refused(Rejection.Code code, String message) {
    return new Decision.Refused(new Rejection(code, message, ""));
  }
}

package dev.millrace.model;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One entry of the config log. Immutable. Facts are decided by the leader alone and are never taken
 * back; {@link ClusterState} is their fold.
 */
public sealed interface Fact {

  /** The connector the fact is about; empty when it is about the cluster. */
  String connector();

  /**
   * The connector exists with this raw configuration (placeholders unresolved, {@code name}
   * inside).
   */
  record Configured(String connector, Map<String, String> config) implements Fact {
    public Configured {
      config = Collections.unmodifiableSortedMap(new TreeMap<>(config));
    }
  }

  /** The connector and its tasks are gone. Leases stay until the leader takes them away. */
  record Deleted(String connector) implements Fact {}

  /** The connector shall be started, paused or stopped. */
  record Retargeted(String connector, TargetState target) implements Fact {}

  /** The connector's complete set of raw task configurations. */
  record TasksComputed(String connector, List<Map<String, String>> tasks) implements Fact {
    public TasksComputed {
      tasks =
          tasks.stream()
              .<Map<String, String>>map(t -> Collections.unmodifiableSortedMap(new TreeMap<>(t)))
              .toList();
    }
  }

  /**
   * The instance, and its tasks if so asked, shall be restarted: all of them or the failed ones.
   */
  record RestartAsked(String connector, Restart what) implements Fact {}

  /** One task alone shall be restarted. */
  record TaskRestartAsked(String connector, int task) implements Fact {}

  /**
   * No task of an earlier set of the connector's can write in a transaction any more; tasks 0 to
   * {@code tasks - 1} may from now on.
   */
  record Fenced(String connector, int tasks) implements Fact {}

  /** What workers sign requests to each other with, from now on. */
  record KeyRotated(SessionKey key) implements Fact {
    @Override
    public String connector() {
      return "";
    }
  }

  /**
   * The leader acts in this generation of the group: what it or its predecessor decided in earlier
   * ones stands before this in the log, or is shut out.
   */
  record Seated(int generation, String leader) implements Fact {
    @Override
    public String connector() {
      return "";
    }
  }

  /**
   * The worker of this member is about to be restarted: when the member is gone, its work is held
   * for the worker's next incarnation, until that has come or this time is over.
   *
   * @param holdMs counted by the leader from when it learns of it; 0: the member is not expected
   *     any more
   */
  record Expected(String member, long holdMs) implements Fact {
    @Override
    public String connector() {
      return "";
    }
  }

  /**
   * Every worker that reads this while it runs sets the level of these loggers; it is no state.
   *
   * @param level as somebody asked for it
   */
  record LevelSet(String logger, String level) implements Fact {
    @Override
    public String connector() {
      return "";
    }
  }

  /**
   * Who may run the connector's work: task number (or {@link WorkId#INSTANCE}) to member id.
   * Complete.
   */
  record Leased(String connector, SortedMap<Integer, String> holders) implements Fact {
    public Leased {
      holders = Collections.unmodifiableSortedMap(new TreeMap<>(holders));
    }
  }
}

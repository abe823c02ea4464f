package dev.millrace.model;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the log says of one connector. Immutable.
 *
 * @param config raw configuration now in force
 * @param appliedConfig raw configuration that was in force when the tasks were computed; empty
 *     before
 * @param tasks raw task configurations, by task number
 * @param restarts when what must be restarted
 */
public record ConnectorState(
    Map<String, String> config,
    Map<String, String> appliedConfig,
    TargetState target,
    List<Map<String, String>> tasks,
    Restarts restarts) {

  /**
   * Log offsets that oblige restarts; -1 for never.
   *
   * @param instance newest configuration or restart of the instance
   * @param tasks newest task set or restart of all tasks
   * @param failedInstance newest restart of a failed instance
   * @param failedTasks newest restart of failed tasks
   * @param single newest restart of single tasks, by number
   */
  public record Restarts(
      long instance, long tasks, long failedInstance, long failedTasks, Map<Integer, Long> single) {
    public Restarts {
      single = Map.copyOf(single);
    }

    static Restarts configured(long at) {
      return new Restarts(at, -1, -1, -1, Map.of());
    }

    Restarts withInstance(long at) {
      return new Restarts(at, tasks, failedInstance, failedTasks, single);
    }

    Restarts withTasks(long at) {
      return new Restarts(instance, at, failedInstance, failedTasks, Map.of());
    }

    Restarts withTask(int task, long at) {
      var next = new TreeMap<>(single);
      next.put(task, at);
      return new Restarts(instance, tasks, failedInstance, failedTasks, next);
    }

    Restarts with(Restart what, long at) {
      return switch (what) {
        case INSTANCE -> withInstance(at);
        case INSTANCE_AND_TASKS -> withInstance(at).withTasks(at);
        case INSTANCE_IF_FAILED -> new Restarts(instance, tasks, at, failedTasks, single);
        case FAILED_INSTANCE_AND_TASKS -> new Restarts(instance, tasks, at, at, single);
      };
    }
  }

  static ConnectorState created(Map<String, String> config, TargetState target, long at) {
    return new ConnectorState(config, Map.of(), target, List.of(), Restarts.configured(at));
  }

  ConnectorState reconfigured(Map<String, String> newer, long at) {
    return new ConnectorState(newer, appliedConfig, target, tasks, restarts.withInstance(at));
  }

  ConnectorState retargeted(TargetState newer) {
    return new ConnectorState(config, appliedConfig, newer, tasks, restarts);
  }

  ConnectorState withTasks(List<Map<String, String>> newer, long at) {
    return new ConnectorState(config, config, target, newer, restarts.withTasks(at));
  }

  /** With the tasks that were computed before, as long as nothing else is known. */
  ConnectorState keepingTasks(List<Map<String, String>> earlier, long at) {
    return new ConnectorState(config, config, target, earlier, restarts.withTasks(at));
  }

  ConnectorState withRestarts(Restarts newer) {
    return new ConnectorState(config, appliedConfig, target, tasks, newer);
  }

  /** How many of its tasks are wanted: none while it is stopped. */
  int workTasks() {
    return target == TargetState.STOPPED ? 0 : tasks.size();
  }

  /** The instance as wanted work. */
  WorkSpec instance(String name) {
    return new WorkSpec(
        WorkId.instance(name), restarts.instance(), restarts.failedInstance(), target);
  }

  /** One task as wanted work. */
  WorkSpec task(String name, int number) {
    long version = Math.max(restarts.tasks(), restarts.single().getOrDefault(number, -1L));
    return new WorkSpec(new WorkId(name, number), version, restarts.failedTasks(), target);
  }

  /**
   * True when freshly generated task configurations must be published (compat: internal topics §6).
   */
  public boolean differsFrom(List<Map<String, String>> generated) {
    return !tasks.equals(generated) || !config.equals(appliedConfig);
  }
}

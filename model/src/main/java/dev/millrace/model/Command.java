package dev.millrace.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * What somebody asks of the cluster. A value: REST, CLI, topology files and the embedding API all
 * make commands; the leader turns them into facts or into a {@link Rejection}. Configurations have
 * been validated before.
 */
public sealed interface Command {

  /** Create a connector that must not exist yet, in this target state. */
  record Create(String connector, Map<String, String> config, TargetState target)
      implements Command {}

  /** Create or replace a connector's configuration; an existing one keeps its target state. */
  record Configure(String connector, Map<String, String> config) implements Command {}

  /**
   * Replace the configuration of a connector that has this one now; a conflict when it has another.
   */
  record Replace(String connector, Map<String, String> before, Map<String, String> config)
      implements Command {}

  record Delete(String connector) implements Command {}

  record Retarget(String connector, TargetState target) implements Command {}

  record RestartConnector(String connector, Restart what) implements Command {}

  record RestartTask(String connector, int task) implements Command {}

  /**
   * Make the connectors of a topology exactly these; in one decision. Those of the topology that
   * are not named any more are deleted, unchanged ones are left alone.
   */
  record ApplyTopology(String topology, SortedMap<String, Map<String, String>> connectors)
      implements Command {}

  /**
   * Earlier tasks of the connector have been fenced.
   *
   * @param generation of the set of tasks for which that was done; a newer one makes it void
   */
  record RecordFencing(String connector, long generation) implements Command {}

  /**
   * Restart a connector since secrets have expired that it, or one of its tasks, uses.
   *
   * @param asOf the newest restart of its instance that was known when it got the secrets; after a
   *     newer one the command does nothing
   */
  record RestartExpired(String connector, Restart what, long asOf) implements Command {}

  /**
   * Sign with this key from now on.
   *
   * @param replaced the key in force until now; when it is another one, nothing changes
   */
  record RotateKey(SessionKey key, Optional<SessionKey> replaced) implements Command {}

  /**
   * The worker of this member will be restarted: hold its work meanwhile, for so long at most.
   *
   * @param holdMs 0 to hold it no longer
   */
  record Expect(String member, long holdMs) implements Command {}

  /** Set the level of a logger, and of those below it, on every worker that runs. */
  record SetLevel(String logger, String level) implements Command {}

  /** Changes nothing: done when the leader decides. */
  record Probe() implements Command {}

  /**
   * Changes nothing: done when no worker can be running a task of this connector any more; at once
   * when it is not stopped, or not there.
   */
  record AwaitStop(String connector) implements Command {}

  /**
   * From the holder of a connector instance: the tasks it wants.
   *
   * @param asOf log offset that the instance which generated them has taken into account; a newer
   *     obligation to restart it makes the command void. Not the version itself: a reader of the
   *     compacted log may not know of a restart that a later one has replaced
   */
  record PublishTasks(String connector, long asOf, List<Map<String, String>> tasks)
      implements Command {}
}

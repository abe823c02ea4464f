package dev.millrace.model.control;

import dev.millrace.model.Command;
import dev.millrace.model.CommandResult;
import dev.millrace.model.Fact;
import dev.millrace.model.Rejection;
import dev.millrace.model.TargetState;
import dev.millrace.model.TasksRefusal;
import dev.millrace.model.WorkId;
import dev.millrace.model.WorkSpec;
import java.util.List;
import java.util.SortedSet;

/** What the control core asks the shell to do. None may block the control thread. */
public sealed interface Action {

  /** Run this work; its end comes back as {@link Event.WorkStopped} or {@link Event.WorkFailed}. */
  record Start(WorkSpec spec) implements Action {}

  /** Stop it; always answered by {@link Event.WorkStopped}, at the latest at the stop deadline. */
  record Stop(WorkId id) implements Action {}

  /** Pause, resume or stop it in place. */
  record Retarget(WorkId id, TargetState target) implements Action {}

  /** Shut every earlier claim out of the log (our own too), then say where the log ends. */
  record Claim(int generation) implements Action {}

  /** Write these facts, all or none, under this claim. */
  record Append(int claim, long proposal, List<Fact> facts) implements Action {}

  /** Tell the leader what this worker holds, having read this far. */
  record Report(SortedSet<WorkId> held, long offset) implements Action {}

  /** Send a command of our own to the leader. Its answer is not needed. */
  record Submit(Command command) implements Action {}

  /** Tell the holder of the connector's instance, by {@link Event.TasksRefused}. */
  record RefuseTasks(TasksRefusal refusal) implements Action {}

  /** Have this connector instance fail, since what it wants cannot be; it says so itself then. */
  record Fail(WorkId instance, Rejection why) implements Action {}

  /** Answer a request. */
  record Reply(long request, CommandResult result) implements Action {}
}

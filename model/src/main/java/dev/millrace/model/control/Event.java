package dev.millrace.model.control;

import dev.millrace.model.Command;
import dev.millrace.model.Fact;
import dev.millrace.model.Membership;
import dev.millrace.model.Rejection;
import dev.millrace.model.TasksRefusal;
import dev.millrace.model.WorkId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;

/** What reaches the control core. */
public sealed interface Event {

  /** One more fact of the log, in order. */
  record FactRead(long offset, Fact fact) implements Event {}

  /** A record of the log that means nothing to this version has been read. */
  record Passed(long offset) implements Event {}

  /** A new generation of the group, this worker in it. */
  record Joined(Membership membership) implements Event {}

  /** The coordinator has been out of reach for so long that others may already think us dead. */
  record Isolated() implements Event {}

  /** The claim of that generation has been made; the log ends at {@code end}. */
  record Claimed(int generation, int claim, long end) implements Event {}

  /** The proposal's facts are in the log, the last one at {@code end}. */
  record Appended(long proposal, long end) implements Event {}

  /**
   * The proposal was not confirmed and will not be; its claim is over.
   *
   * @param certain whether surely nothing of it is in the log, or ever will be; else a new claim
   *     shows
   * @param refused those of its facts that the log does not take, however often they are proposed
   */
  record AppendFailed(long proposal, boolean certain, Map<Fact, Rejection> refused)
      implements Event {
    public AppendFailed {
      refused = Map.copyOf(refused);
    }
  }

  /**
   * The log takes neither claims nor facts of this worker, until somebody mends that. Told with
   * each attempt, and before what it says of a proposal.
   */
  record WriteRefused(Rejection why) implements Event {}

  /** The log cannot be read, or is not there any more; empty: it can be used again. */
  record LogTrouble(Optional<Rejection> why) implements Event {}

  /** A member says what it holds, having read this far. */
  record Reported(String member, SortedSet<WorkId> held, long offset) implements Event {}

  /** The work has ended after a stop; its thread is gone or left behind without its clients. */
  record WorkStopped(WorkId id) implements Event {}

  /**
   * The work has ended by itself; it stays held until it is restarted or taken away.
   *
   * @param permanent whether it would fail in the same way again
   */
  record WorkFailed(WorkId id, boolean permanent) implements Event {
    /** A failure that may be over when the work is started again. */
    public WorkFailed(WorkId id) {
      this(id, false);
    }
  }

  /** The connector instance started as of that offset wants these tasks. */
  record TasksGenerated(String connector, long asOf, List<Map<String, String>> tasks)
      implements Event {}

  /** The leader does not take tasks that were handed over; perhaps not those of this worker. */
  record TasksRefused(TasksRefusal refusal) implements Event {}

  /** Somebody wants the command carried out; answered by a {@link Action.Reply}. */
  record Asked(long request, Command command) implements Event {}

  /** Time has passed. */
  record Tick() implements Event {}
}

package dev.millrace.testkit.mutations;

import static dev.millrace.testkit.mutations.Mutation.Proof.CONTROL_TEST;
import static dev.millrace.testkit.mutations.Mutation.Proof.EXPECTATION_TEST;
import static dev.millrace.testkit.mutations.Mutation.Proof.FILE_CONFIG_LOG_TEST;
import static dev.millrace.testkit.mutations.Mutation.Proof.LOG_TROUBLE_TEST;
import static dev.millrace.testkit.mutations.Mutation.Proof.REPORTS_TEST;
import static dev.millrace.testkit.mutations.Mutation.without;

import java.util.List;
import java.util.stream.Stream;

/** The rules that the control plane cannot do without, and how each is removed. */
final class Mutations {
  private static final String MODEL = "model/src/main/java/dev/millrace/model/";
  private static final String CORE = MODEL + "control/ControlCore.java";
  private static final String LEADERSHIP = MODEL + "control/Leadership.java";
  private static final String PLANNER = MODEL + "control/Planner.java";
  private static final String RECONCILER = MODEL + "control/Reconciler.java";
  private static final String STATE = MODEL + "ClusterState.java";
  private static final String WORLD = "testkit/src/main/java/dev/millrace/testkit/";
  private static final String FILE_LOG =
      "kafka/src/main/java/dev/millrace/kafka/config/FileConfigLog.java";

  private Mutations() {}

  static Stream<Mutation> all() {
    return Stream.of(moves(), members(), log(), liveness()).flatMap(List::stream);
  }

  /** Work moves in two steps, and only when it surely runs nowhere. */
  private static List<Mutation> moves() {
    return List.of(
        without(
            "work is given only when it is surely free",
            PLANNER,
            "if (!free.test(work)) continue;",
            ""),
        without(
                "work of departed members is taken away before it is given",
                PLANNER,
                "if (!members.contains(holder)) continue;",
                "if (!members.contains(holder)) { unplaced.add(work); continue; }")
            .provedBy(CONTROL_TEST),
        without(
            "work of living members is taken away before it is given",
            PLANNER,
            "if (held > share || (held == share && extra == 0)) continue;",
            "if (held > share || (held == share && extra == 0)) { unplaced.add(work); continue; }"),
        without(
            "shares are rounded down, and the remainder is given out",
            PLANNER,
            "int extra = wanted.size() % members.size();",
            "int extra = members.size();"),
        without(
            "a report counts only if its member had read that the lease was taken away",
            LEADERSHIP,
            "return report != null && report.offset() >= released &&",
            "return report != null &&"),
        without(
            "a new leader goes by reports newer than all leases",
            LEADERSHIP,
            "if (reportsFrom == Long.MAX_VALUE) reportsFrom = state.newestLease();",
            "if (reportsFrom == Long.MAX_VALUE) reportsFrom = -1;"),
        without(
                "of connectors that are gone it is remembered when their leases were taken away",
                STATE,
                "getOrDefault(work, leases.forgottenRelease())",
                "getOrDefault(work, -1L)")
            .provedBy(LOG_TROUBLE_TEST),
        without(
            "what a member says it holds is not free",
            LEADERSHIP,
            "report.offset() >= released && !has.test(report.held())",
            "report.offset() >= released"),
        without(
            "every member has to report before work is free",
            LEADERSHIP,
            "return report != null && report.offset() >= released && !has.test(report.held());",
            "return report == null || report.offset() >= released && !has.test(report.held());"),
        without(
            "what the leader itself holds is not free",
            LEADERSHIP,
            "if (member.equals(self)) return !has.test(held);",
            "if (member.equals(self)) return true;"),
        without(
            "work that is being stopped is still held",
            CORE,
            "held.computeIfPresent(id, (k, h) -> h.stopping());",
            "held.remove(id);"));
  }

  /** Who is gone, and who comes back. */
  private static List<Mutation> members() {
    return List.of(
        without(
            "departed members get time to stop",
            LEADERSHIP,
            "if (!departed.values().stream().allMatch(left -> isPast(now, left))) {",
            "if (false) {"),
        without(
            "a new leader waits for those that departed before it led",
            LEADERSHIP,
            "if (now - leaderSince < times.departedGraceMs())",
            "if (false)"),
        without(
            "an isolated member lets its work go",
            CORE,
            "case Event.Isolated() -> {\n        membership = Membership.NONE;",
            "case Event.Isolated() -> {"),
        without(
                "nobody acts on state older than its generation",
                CORE,
                "return state.offset() >= membership.barrier();",
                "return true;")
            .and(
                "return current() && (leads() ? leadership.isUpToDate(state) : state.isSeated(membership));",
                "return true;"),
        without(
            "who comes back waits for the leader's mark",
            CORE,
            "return current() && !returning;",
            "return current();"),
        without(
            "work is held for a worker that is expected back, but not for ever",
            MODEL + "control/Holds.java",
            "if (left <= 0 || isBack(member, group)) {",
            "if (isBack(member, group)) {"),
        without(
                "every member counts the time of a hold",
                CORE,
                "leadership.note(now, state, membership);",
                "if (leads()) leadership.note(now, state, membership);")
            .provedBy(EXPECTATION_TEST),
        without(
                "who comes later is told what is left of a hold",
                MODEL + "control/Holds.java",
                "facts.add(new Fact.Expected(member, left));",
                "")
            .provedBy(EXPECTATION_TEST),
        without(
            "a restarted worker is another member",
            WORLD + "SimulatedCluster.java",
            "String id = worker + \"#\" + ++births;",
            "String id = worker;"),
        without(
            "a process that wakes up learns first that it was given up",
            WORLD + "SimulatedCluster.java",
            "deliver(member, new Event.Isolated());\n      agenda.after(STOP_MS_MAX + 1,",
            "agenda.after(20, () -> deliver(member, new Event.Isolated()));\n"
                + "      agenda.after(STOP_MS_MAX + 21,"));
  }

  /** Who writes the log, and what may be concluded from it. */
  private static List<Mutation> log() {
    return List.of(
        without(
            "after an append of unknown fate the leader claims again",
            LEADERSHIP,
            "claimedTo = Long.MAX_VALUE; // its fate is unknown: claim again",
            ""),
        without(
            "a leader plans only when it has read to the end found by its claim",
            LEADERSHIP,
            "if (!isUpToDate(state)) return actions;",
            ""),
        without(
            "a former claim never writes",
            WORLD + "SimulatedLog.java",
            "if (under != claim) return false;",
            ""),
        without(
            "a command is answered when its facts are visible",
            LEADERSHIP,
            "if (proposal.end() >= 0 && state.offset() >= proposal.end()) {",
            "if (proposal.end() >= 0) {"),
        without(
            "a compacted log keeps the tasks of a configuration that comes after them",
            STATE,
            "if (left.tasksAt() >= 0)",
            "if (false)"),
        without(
            "a compacted log keeps the target state of a configuration that comes after it",
            STATE,
            "ConnectorState.created(config, left.target(), at)",
            "ConnectorState.created(config, TargetState.STARTED, at)"),
        without(
            "tasks count by what their instance has taken into account, not by its version",
            MODEL + "control/Commands.java",
            "connector.restarts().instance() <= command.asOf();",
            "connector.restarts().instance() == command.asOf();"),
        without(
                "a former claim never writes to the file",
                FILE_LOG,
                "if (claim != claims) return;",
                "")
            .provedBy(FILE_CONFIG_LOG_TEST),
        without(
                "an unfinished batch of the file is dropped as a whole",
                FILE_LOG,
                "int complete = lastLineEnd(content);",
                "int complete = content.length;")
            .provedBy(FILE_CONFIG_LOG_TEST),
        without(
                "two workers never share a file",
                FILE_LOG,
                "if (!locked(channel)) {",
                "if (false) {")
            .provedBy(FILE_CONFIG_LOG_TEST));
  }

  /** What is wanted comes about, and nothing goes on for ever. */
  private static List<Mutation> liveness() {
    return List.of(
        without(
            "reports answer own changes and ticks, nothing else",
            CORE,
            "if (!leads() && reportDue(now))",
            "if (!leads())"),
        without(
            "reports are repeated, since one may get lost",
            CORE,
            "|| now >= reported.againAt()",
            ""),
        without(
            "tasks are handed over until the log has them",
            CORE,
            "repeat = new Repeat(now + repeat.pauseMs(), later);",
            "repeat = new Repeat(Long.MAX_VALUE, later);"),
        without(
            "facts about a connector and new tasks are a reason to look what is to be handed over",
            CORE,
            "toHandOver.add(connector);\n    handOverAt = Long.MIN_VALUE;",
            "toHandOver.add(connector);"),
        without(
                "the end of what was reported is reported",
                CORE,
                "if (reported.held().contains(id)) reportedEnded = true;",
                "")
            .provedBy(REPORTS_TEST),
        without(
            "work that waits for its place gets it when it is free",
            LEADERSHIP,
            "if (same && unplaced.stream().noneMatch(free)) return List.of();",
            "if (same) return List.of();"),
        without(
            "a newer version is a stop and a start",
            RECONCILER,
            "return spec.version() > held.asOf()",
            "return false"),
        without(
            "a claim that is not answered is made again",
            LEADERSHIP,
            "retryAt = now + times.retryMs();",
            "retryAt = Long.MAX_VALUE;"),
        without(
                "after an append that failed the leader claims at once",
                LEADERSHIP,
                "claimedTo = Long.MAX_VALUE; // nothing more can be written under it",
                "")
            .provedBy(LOG_TROUBLE_TEST),
        without(
            "what the log does not take is left out",
            LEADERSHIP,
            "refusals.note(now, failed.refused());",
            ""),
        without(
                "a log that refuses is tried now and then",
                LEADERSHIP,
                "retryAt = now + times.refusedRetryMs();",
                "")
            .provedBy(LOG_TROUBLE_TEST),
        without(
                "an attempt shows that a log takes facts again",
                LEADERSHIP,
                "boolean attempt = unproven && facts.isEmpty();",
                "boolean attempt = false;")
            .provedBy(LOG_TROUBLE_TEST),
        without(
                "tasks that are refused fail their connector",
                CORE,
                "return List.of(new Action.Fail(instance, refusal.why()));",
                "return List.of();")
            .provedBy(LOG_TROUBLE_TEST),
        without(
                "refused tasks are tried again when their connector is restarted",
                LEADERSHIP,
                "refusals.forgetTasks(made);",
                "")
            .provedBy(LOG_TROUBLE_TEST),
        without(
                "a log that is gone is not written",
                CORE,
                "if (current() && leads() && trouble == null) {",
                "if (current() && leads()) {")
            .provedBy(LOG_TROUBLE_TEST),
        without("failed work is brought back", CORE, "actions.addAll(submitRestarts(now));", ""));
  }
}

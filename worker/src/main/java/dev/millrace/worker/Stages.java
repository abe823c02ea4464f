package dev.millrace.worker;

import dev.millrace.model.Fact;
import dev.millrace.model.control.Action;
import dev.millrace.model.control.Event;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * What control is waiting for, in the words that operators know (compat: REST §3). Written by the
 * control thread, read by any.
 */
final class Stages {

  private static final String FLUSHING = "flushing updates to the status topic";
  private static final String MEMBERSHIP = "ensuring membership in the cluster";

  private record Stage(String what, Instant began, Optional<Instant> completed) {}

  private final InstantSource clock;
  private volatile Optional<Stage> current = Optional.empty();

  Stages(InstantSource clock) {
    this.clock = clock;
  }

  /** Something has come that control waited for. */
  void saw(Event event) {
    switch (event) {
      case Event.Isolated() -> begins(MEMBERSHIP);
      case Event.Joined ignored -> completed();
      case Event.Claimed ignored -> completed();
      case Event.Appended ignored -> completed();
      case Event.AppendFailed ignored -> completed();
      case Event.WriteRefused ignored -> completed();
      case Event.LogTrouble ignored -> {}
      case Event.FactRead ignored -> {}
      case Event.Passed ignored -> {}
      case Event.Reported ignored -> {}
      case Event.WorkStopped ignored -> {}
      case Event.WorkFailed ignored -> {}
      case Event.TasksGenerated ignored -> {}
      case Event.TasksRefused ignored -> {}
      case Event.Asked ignored -> {}
      case Event.Tick() -> {}
    }
  }

  /** Control asks for something that takes time. */
  void asks(Action action) {
    if (action instanceof Action.Claim) begins("reading to the end of the config topic");
    if (action instanceof Action.Append(var claim, var number, var facts)) begins(writing(facts));
  }

  private static String writing(List<Fact> facts) {
    return switch (facts.getFirst()) {
      case Fact.Configured(var name, var config) ->
          "writing a config for connector " + name + " to the config topic";
      case Fact.Deleted(var name) ->
          "removing the config for connector " + name + " from the config topic";
      case Fact.TasksComputed(var name, var tasks) ->
          "writing %d task configs for connector %s to the config topic"
              .formatted(tasks.size(), name);
      case Fact.Retargeted(var name, var target) ->
          "writing a target state for connector " + name + " to the config topic";
      case Fact.RestartAsked(var name, var what) ->
          "handling restart request for connector " + name;
      case Fact.TaskRestartAsked(var name, var task) -> "restarting task " + name + "-" + task;
      case Fact.Leased(var name, var holders) -> "assigning the work of connector " + name;
      case Fact.Fenced(var name, var tasks) ->
          "recording that earlier tasks of connector " + name + " are fenced";
      case Fact.Seated ignored -> "writing the group's generation to the config topic";
      case Fact.Expected ignored -> "writing which workers are expected back to the config topic";
      case Fact.LevelSet(var logger, var level) ->
          "writing the level of logger " + logger + " to the config topic";
      case Fact.KeyRotated ignored -> "writing a new session key to the config topic";
    };
  }

  private void begins(String what) {
    current = Optional.of(new Stage(what, clock.instant(), Optional.empty()));
  }

  private void completed() {
    current =
        current.map(stage -> new Stage(stage.what(), stage.began(), Optional.of(clock.instant())));
  }

  /**
   * What it does, or did last, as a sentence; empty when nothing is known.
   *
   * @param unwritten since when statuses wait to be written; empty when none does
   */
  String sentence(Optional<Instant> unwritten) {
    var now = current;
    var flushing = unwritten.map(since -> new Stage(FLUSHING, since, Optional.empty()));
    if (now.isEmpty()) return flushing.map(stage -> sentence("is currently", stage)).orElse("");
    if (now.get().completed().isEmpty()) {
      return sentence("is currently", now.get())
          + flushing.map(stage -> " " + sentence("is also", stage)).orElse("");
    }
    return flushing.map(stage -> sentence("is currently", stage)).orElseGet(() -> last(now.get()));
  }

  private static String sentence(String does, Stage stage) {
    return "The worker %s %s, which began at %s.".formatted(does, stage.what(), stage.began());
  }

  private static String last(Stage stage) {
    return "The last operation the worker completed was %s, which began at %s and completed at %s."
        .formatted(stage.what(), stage.began(), stage.completed().orElseThrow());
  }
}

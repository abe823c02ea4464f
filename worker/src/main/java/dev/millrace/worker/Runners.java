package dev.millrace.worker;

import dev.millrace.engine.Environment;
import dev.millrace.engine.connector.ConnectorRunner;
import dev.millrace.engine.sink.SinkRunner;
import dev.millrace.engine.source.SourceRunner;
import dev.millrace.model.TargetState;
import dev.millrace.model.Waiting;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The engine's three kinds of runners behind one interface. */
final class Runners {

  private Runners() {}

  /**
   * What is told of a runner.
   *
   * @param version the plugin's, as far as known
   * @param helpers threads that help its own one, at the moment
   */
  record About(String version, Environment environment, Supplier<List<Thread>> helpers) {
    /** One that nobody helps. */
    About(String version, Environment environment) {
      this(version, environment, List::of);
    }
  }

  private record Signals(
      Consumer<TargetState> target,
      Runnable stop,
      Consumer<Exception> fail,
      Runnable cancel,
      Runnable tick) {
    /** Of a task. */
    Signals(Consumer<TargetState> target, Runnable stop, Runnable cancel, Runnable tick) {
      this(target, stop, Signals::notOfTasks, cancel, tick);
    }

    private static void notOfTasks(Exception error) {
      throw new IllegalStateException("tasks are not failed from outside", error);
    }
  }

  private record Adapter(BooleanSupplier life, Signals signals, About about) implements Runner {
    @Override
    public Optional<Waiting> waiting() {
      return about.environment().waiting();
    }

    @Override
    public String version() {
      return about.version();
    }

    @Override
    public List<Thread> helpers() {
      return about.helpers().get();
    }

    @Override
    public boolean run() {
      return life.getAsBoolean();
    }

    @Override
    public void retarget(TargetState target) {
      signals.target().accept(target);
    }

    @Override
    public void stop() {
      signals.stop().run();
    }

    @Override
    public void fail(Exception error) {
      signals.fail().accept(error);
    }

    @Override
    public void cancel() {
      signals.cancel().run();
    }

    @Override
    public void tick() {
      signals.tick().run();
    }
  }

  /** {@code after} runs once the instance is over, on its thread. */
  static Runner of(ConnectorRunner runner, About about, Runnable after) {
    return new Adapter(
        then(runner::run, after),
        new Signals(runner::retarget, runner::stop, runner::fail, runner::cancel, () -> {}),
        about);
  }

  /** {@code after} runs once the task is over, on its thread. */
  static Runner of(SourceRunner runner, About about, Runnable after) {
    return new Adapter(
        then(whole(runner::run), after),
        new Signals(
            startOrPause(runner::resume, runner::pause),
            runner::stop,
            runner::cancel,
            runner::tick),
        about);
  }

  /** {@code after} runs once the task is over, on its thread. */
  static Runner of(SinkRunner runner, About about, Runnable after) {
    return new Adapter(
        then(whole(runner::run), after),
        new Signals(
            startOrPause(runner::resume, runner::pause),
            runner::stop,
            runner::cancel,
            runner::tick),
        about);
  }

  /** A task is paused for everything but STARTED; when its connector stops, it is taken away. */
  private static Consumer<TargetState> startOrPause(Runnable start, Runnable pause) {
    return target -> (target == TargetState.STARTED ? start : pause).run();
  }

  /** A life in one go. */
  private static BooleanSupplier whole(Runnable life) {
    return () -> {
      life.run();
      return true;
    };
  }

  private static BooleanSupplier then(BooleanSupplier life, Runnable after) {
    return () -> {
      boolean over = true;
      try {
        over = life.getAsBoolean();
        return over;
      } finally {
        if (over) after.run();
      }
    };
  }
}

package dev.millrace.engine.sink;

import dev.millrace.engine.Signals;
import dev.millrace.engine.WorkLoop;

/** Draft. */
final class SinkBody implements WorkLoop.Body {
  SinkBody(SinkSetup setup, Signals signals) {}

  void wakeUp() {}

  @Override
  public void create() {}

  @Override
  public void begin() {}

  @Override
  public void iterate() {}

  @Override
  public void pause() {}

  @Override
  public void idle() {}

  @Override
  public void resume() {}

  @Override
  public void end(boolean failed) {}
}

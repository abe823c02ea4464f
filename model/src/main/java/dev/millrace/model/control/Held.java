package dev.millrace.model.control;

import dev.millrace.model.TargetState;

/**
 * Work that this worker has: running, failed (its thread has ended, it stays held) or being
 * stopped.
 *
 * @param asOf log offset that the running version has taken into account
 */
public record Held(long asOf, TargetState target, Phase phase) {

  /** What the control plane must know of held work. */
  public enum Phase {
    ACTIVE,
    FAILED,
    STOPPING
  }

  Held stopping() {
    return new Held(asOf, target, Phase.STOPPING);
  }

  Held failed() {
    return phase == Phase.STOPPING ? this : new Held(asOf, target, Phase.FAILED);
  }

  Held retargeted(TargetState newer) {
    return new Held(asOf, newer, phase);
  }

  Held asOf(long newer) {
    return new Held(Math.max(asOf, newer), target, phase);
  }
}

package dev.millrace.rest;

import dev.millrace.worker.WorkerApi;
import java.util.Map;

/** The way to other workers, in tests. */
final class Peers {

  private Peers() {}

  /** One that never needs https. */
  static Onward onward(WorkerApi worker) {
    return new Onward(
        worker,
        new PeerClient(
            () -> {
              throw new AssertionError("no https here");
            }),
        RestSettings.of(Map.of()).signatures(worker));
  }
}

package dev.millrace.rest;

import dev.millrace.worker.WorkerApi;
import java.util.Map;

/** The way to other workers, in tests. */
final class Peers {

  private Peers() {}

  /** The way to the leader. */
  static Onward onward(WorkerApi worker) {
    return new Onward(worker, client(), RestSettings.of(Map.of()).signatures(worker));
  }

  /** One that never needs https. */
  static PeerClient client() {
    return new PeerClient(
        () -> {
          throw new AssertionError("no https here");
        });
  }
}

package dev.millrace.rest;

/** Ends a route that only the leader can answer: this worker does not lead. */
final class LeadsElsewhere extends RuntimeException {

  private static final long serialVersionUID = 1;

  LeadsElsewhere() {
    super("another worker leads", null, false, false); // a turn of the way, not a failure
  }
}

package dev.millrace.rest;

/** Ends a route that only the leader can answer: this worker does not lead. */
final class LeadsElsewhere extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final boolean signed;

  /** The request came from anybody. */
  LeadsElsewhere() {
    this(false);
  }

  /** Of a request between workers whose signature has been checked. */
  static LeadsElsewhere signed() {
    return new LeadsElsewhere(true);
  }

  private LeadsElsewhere(boolean signed) {
    super("another worker leads", null, false, false); // a turn of the way, not a failure
    this.signed = signed;
  }

  /** Whether the request that is sent on is to be signed again. */
  boolean isSigned() {
    return signed;
  }
}

package dev.millrace.model;

/**
 * Why a command was not carried out. Nothing has been changed, except with {@link
 * Code#UNKNOWN_FATE}.
 *
 * @param message what is wrong, naming the thing
 * @param hint how to mend it; may be empty
 */
public record Rejection(Code code, String message, String hint) {

  /** The kinds of rejections. */
  public enum Code {
    NOT_FOUND,
    ALREADY_EXISTS,
    /** The request contradicts what the cluster has become in the meantime; repeat it. */
    CONFLICT,
    INVALID,
    /** Not now: no leader, too many requests, or the worker is stopping. */
    UNAVAILABLE,
    /** The log did not say whether the facts were written; look, then repeat. */
    UNKNOWN_FATE
  }
}

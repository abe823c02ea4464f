package dev.millrace.model;

/**
 * What workers sign requests to each other with.
 *
 * @param key the key, in base64
 * @param algorithm name of the algorithm that it was generated for
 * @param createdMs when, in milliseconds of the epoch
 */
public record SessionKey(String key, String algorithm, long createdMs) {

  /** Without the key. */
  @Override
  public String toString() {
    return "SessionKey[algorithm=" + algorithm + ", createdMs=" + createdMs + "]";
  }
}

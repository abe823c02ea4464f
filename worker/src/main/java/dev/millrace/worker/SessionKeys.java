package dev.millrace.worker;

import java.security.SecureRandom;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/** Keys that sign requests between workers. */
final class SessionKeys {

  private static final String ALGORITHM = "HmacSHA256";
  private static final int BYTES = 32;

  private SessionKeys() {}

  /** A new key. */
  static SecretKey random() {
    var bytes = new byte[BYTES];
    new SecureRandom().nextBytes(bytes);
    return new SecretKeySpec(bytes, ALGORITHM);
  }
}

package dev.millrace.worker;

import dev.millrace.model.SessionKey;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/** Keys that sign requests between workers. */
final class SessionKeys {

  private static final String ALGORITHM = "HmacSHA256";
  private static final int BYTES = 32;

  private SessionKeys() {}

  /** A key that the leader has made. */
  static SecretKey of(SessionKey key) {
    return new SecretKeySpec(Base64.getDecoder().decode(key.key()), key.algorithm());
  }

  /** A new key. */
  static SecretKey random() {
    var bytes = new byte[BYTES];
    new SecureRandom().nextBytes(bytes);
    return new SecretKeySpec(bytes, ALGORITHM);
  }
}

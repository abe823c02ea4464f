package dev.millrace.rest;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.SecretKey;

/**
 * Signatures of requests between workers (compat: REST §12): base64 of the body's MAC under the
 * group's session key. Thread-safe.
 *
 * @param algorithms the permitted ones
 * @param own the one that this worker signs with
 * @param key the session key; empty before it has been read
 */
record Signatures(List<String> algorithms, String own, Supplier<Optional<SecretKey>> key) {

  /** The signature of a body, to be sent with the algorithm's name. */
  String sign(String body) {
    return Base64.getEncoder().encodeToString(signed(mac(own), known(), body));
  }

  /**
   * Lets a well signed request pass.
   *
   * @throws HttpException for any other
   */
  void require(String signature, String algorithm, String body) {
    if (signature.isEmpty() || algorithm.isEmpty()) {
      throw new HttpException(400, "Internal request missing required signature");
    }
    var mac = mac(algorithm);
    var given = decoded(signature);
    if (!algorithms.contains(algorithm)) throw new HttpException(400, notPermitted(algorithm));
    if (!MessageDigest.isEqual(given, signed(mac, known(), body))) {
      throw new HttpException(403, "Internal request contained invalid signature.");
    }
  }

  private SecretKey known() {
    return key.get()
        .orElseThrow(
            () ->
                new HttpException(
                    503,
                    "This worker is still starting up and has not been able to read a session"
                        + " key from the config topic yet"));
  }

  private static byte[] signed(Mac mac, SecretKey key, String body) {
    try {
      mac.init(key);
      return mac.doFinal(body.getBytes(StandardCharsets.UTF_8));
    } catch (InvalidKeyException e) {
      throw new HttpException(500, "The session key does not fit " + mac.getAlgorithm(), e);
    }
  }

  private static Mac mac(String algorithm) {
    try {
      return Mac.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new HttpException(400, e.getMessage(), e);
    }
  }

  private static byte[] decoded(String signature) {
    try {
      return Base64.getDecoder().decode(signature);
    } catch (IllegalArgumentException e) {
      throw new HttpException(400, e.getMessage(), e);
    }
  }

  private String notPermitted(String algorithm) {
    return ("This worker does not support the '%s' key signing algorithm used by other workers. This"
            + " worker is currently configured to use: %s. Check that all workers' configuration"
            + " files permit the same set of signature algorithms, and correct any misconfigured"
            + " worker and restart it.")
        .formatted(algorithm, algorithms);
  }
}

package dev.millrace.worker.cluster;

import dev.millrace.model.ClusterState;
import dev.millrace.model.Command;
import dev.millrace.model.SessionKey;
import dev.millrace.model.control.Event;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import java.util.function.Consumer;
import javax.crypto.KeyGenerator;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigException;

/**
 * The leader's care for the key that workers sign with: makes one when there is none, when it is
 * too old, and when it is of another algorithm (compat: internal topics §5). Confined to the
 * control thread.
 */
final class KeyRotation {
  private static final String ALGORITHM = "inter.worker.key.generation.algorithm";
  private static final String SIZE = "inter.worker.key.size";
  private static final String TTL = "inter.worker.key.ttl.ms";
  private static final Duration AGAIN = Duration.ofSeconds(5);
  private static final ConfigDef DEFINITION =
      new ConfigDef()
          .define(ALGORITHM, ConfigDef.Type.STRING, "HmacSHA256", Importance.LOW, "")
          .define(SIZE, ConfigDef.Type.INT, null, Importance.LOW, "")
          .define(
              TTL, ConfigDef.Type.INT, 3_600_000, ConfigDef.Range.atLeast(0), Importance.LOW, "");

  private final KeyGenerator generator;
  private final long ttlMs;
  private final InstantSource clock;
  private long notBeforeMs;

  private KeyRotation(KeyGenerator generator, long ttlMs, InstantSource clock) {
    this.generator = generator;
    this.ttlMs = ttlMs;
    this.clock = clock;
  }

  /** From the worker's settings; throws ConfigException when no such key can be made. */
  static KeyRotation of(Map<String, String> worker, InstantSource clock) {
    var values = new AbstractConfig(DEFINITION, worker, false);
    String algorithm = values.getString(ALGORITHM);
    try {
      var generator = KeyGenerator.getInstance(algorithm);
      Integer size = values.getInt(SIZE);
      if (size != null) generator.init(size);
      return new KeyRotation(generator, values.getInt(TTL), clock);
    } catch (NoSuchAlgorithmException | RuntimeException e) {
      throw new ConfigException(ALGORITHM, algorithm, "no key can be generated: " + e.getMessage());
    }
  }

  /** Asks for a new key if one is due. */
  void look(ClusterState state, Consumer<Event> events) {
    long now = clock.millis();
    if (now < notBeforeMs || state.sessionKey().filter(key -> serves(key, now)).isPresent()) return;
    notBeforeMs = now + AGAIN.toMillis();
    var made = generator.generateKey();
    var key =
        new SessionKey(
            Base64.getEncoder().encodeToString(made.getEncoded()), generator.getAlgorithm(), now);
    events.accept(new Event.Asked(0, new Command.RotateKey(key, state.sessionKey())));
  }

  private boolean serves(SessionKey key, long now) {
    // one that is dated far ahead was made by a clock that was wrong
    boolean fresh = ttlMs == 0 || Math.abs(now - key.createdMs()) < ttlMs;
    return fresh && key.algorithm().equals(generator.getAlgorithm());
  }
}

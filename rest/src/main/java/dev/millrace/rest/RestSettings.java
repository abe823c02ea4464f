package dev.millrace.rest;

import dev.millrace.worker.WorkerApi;
import dev.millrace.worker.WorkerSettings;
import dev.millrace.worker.keys.WorkerKeys;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/** The settings of REST among those of a worker (compat: REST §9, §13). Immutable. */
final class RestSettings {

  static final String ADMIN_LISTENERS = "admin.listeners";
  private static final String ADVERTISED_HOST = "rest.advertised.host.name";
  private static final String ADVERTISED_PORT = "rest.advertised.port";
  private static final String ADVERTISED_SCHEME = "rest.advertised.listener";
  private static final String ALLOW_ORIGIN = "access.control.allow.origin";
  private static final String ALLOW_METHODS = "access.control.allow.methods";
  private static final String HEADERS = "response.http.headers.config";
  private static final String ALGORITHMS = "inter.worker.verification.algorithms";
  private static final String SIGNATURE = "inter.worker.signature.algorithm";
  private static final String EXTENSIONS = "rest.extension.classes";
  private static final String TOPIC_TRACKING = "topic.tracking.enable";
  private static final String TOPIC_RESET = "topic.tracking.allow.reset";

  private static final ConfigDef DEFINITION =
      WorkerKeys.definition(
          List.of(
              WorkerSettings.LISTENERS,
              ADMIN_LISTENERS,
              ADVERTISED_HOST,
              ADVERTISED_PORT,
              ADVERTISED_SCHEME,
              ALLOW_ORIGIN,
              ALLOW_METHODS,
              HEADERS,
              ALGORITHMS,
              SIGNATURE,
              EXTENSIONS,
              TOPIC_TRACKING,
              TOPIC_RESET));

  private final AbstractConfig values;
  private final Map<String, String> originals;

  private RestSettings(Map<String, String> originals) {
    this.originals = Map.copyOf(originals);
    this.values = new AbstractConfig(DEFINITION, originals, false);
  }

  /**
   * Those of a worker.
   *
   * @throws org.apache.kafka.common.config.ConfigException when a value is wrong
   */
  static RestSettings of(Map<String, String> worker) {
    return new RestSettings(worker);
  }

  List<ListenAddress> listeners() {
    return ListenAddress.parse(WorkerSettings.LISTENERS, values.getList(WorkerSettings.LISTENERS));
  }

  /** Empty when the regular listeners serve {@code /admin} too. */
  Optional<List<ListenAddress>> adminListeners() {
    return Optional.ofNullable(values.getList(ADMIN_LISTENERS))
        .map(given -> ListenAddress.parse(ADMIN_LISTENERS, given));
  }

  /** Scheme of the address that others are told. */
  String advertisedScheme() {
    var given = values.getString(ADVERTISED_SCHEME);
    if (given != null && !given.isBlank()) return given.toLowerCase(java.util.Locale.ROOT);
    boolean plain = listeners().stream().anyMatch(address -> address.scheme().equals("http"));
    return plain ? "http" : "https";
  }

  Optional<String> advertisedHost() {
    return Optional.ofNullable(values.getString(ADVERTISED_HOST)).filter(host -> !host.isBlank());
  }

  Optional<Integer> advertisedPort() {
    return Optional.ofNullable(values.getInt(ADVERTISED_PORT));
  }

  /** Empty when pages of other origins may read nothing. */
  Optional<CorsPolicy> cors() {
    var origins = values.getString(ALLOW_ORIGIN);
    return origins.isBlank()
        ? Optional.empty()
        : Optional.of(CorsPolicy.of(origins, values.getString(ALLOW_METHODS)));
  }

  List<HeaderRule> headerRules() {
    return HeaderRule.parse(values.getString(HEADERS));
  }

  /**
   * How requests between workers are signed.
   *
   * @throws ConfigException when this worker would not permit its own signatures
   */
  Signatures signatures(WorkerApi worker) {
    var permitted = values.getList(ALGORITHMS);
    var own = values.getString(SIGNATURE);
    if (!permitted.contains(own)) {
      throw new ConfigException(SIGNATURE, own, "it has to be one of " + ALGORITHMS);
    }
    for (String algorithm : permitted) requireMac(algorithm);
    return new Signatures(permitted, own, worker::sessionKey);
  }

  private static void requireMac(String algorithm) {
    try {
      Mac.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new ConfigException(ALGORITHMS, algorithm, "Java has no such algorithm");
    }
  }

  /** Classes or aliases of REST extensions, in order. */
  List<String> extensions() {
    return values.getList(EXTENSIONS);
  }

  boolean topicTracking() {
    return values.getBoolean(TOPIC_TRACKING);
  }

  boolean topicReset() {
    return values.getBoolean(TOPIC_RESET);
  }

  /**
   * The {@code ssl.} settings of a group of listeners: those with the prefix if there is any, else
   * those without.
   */
  Map<String, String> tls(String prefix) {
    var prefixed = withPrefix(prefix);
    return prefixed.isEmpty() ? originals : prefixed;
  }

  private Map<String, String> withPrefix(String prefix) {
    var found = new HashMap<String, String>();
    originals.forEach(
        (key, value) -> {
          if (key.startsWith(prefix)) found.put(key.substring(prefix.length()), value);
        });
    return found;
  }
}

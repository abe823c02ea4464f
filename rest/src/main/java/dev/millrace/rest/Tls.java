package dev.millrace.rest;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.apache.kafka.common.config.ConfigException;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** TLS of listeners from Kafka's {@code ssl.} settings (compat: REST §13). */
final class Tls {

  private static final String KEY_STORE = "ssl.keystore.location";

  private Tls() {}

  /**
   * Keys and rules for a server.
   *
   * @throws ConfigException when there is no key store
   */
  static SslContextFactory.Server server(Map<String, String> settings) {
    var tls = new SslContextFactory.Server();
    keys(tls, settings);
    trust(tls, settings);
    protocols(tls, settings);
    switch (settings.getOrDefault("ssl.client.auth", "none").toLowerCase(Locale.ROOT)) {
      case "none" -> {}
      case "requested" -> tls.setWantClientAuth(true);
      case "required" -> tls.setNeedClientAuth(true);
      default ->
          throw new ConfigException(
              "ssl.client.auth",
              settings.get("ssl.client.auth"),
              "it is one of none, requested, required");
    }
    return tls;
  }

  /**
   * Keys and rules for requests to other workers.
   *
   * @throws ConfigException when they cannot be read
   */
  static SSLContext client(Map<String, String> settings) {
    var tls = new SslContextFactory.Client();
    if (settings.get(KEY_STORE) != null) keys(tls, settings);
    trust(tls, settings);
    protocols(tls, settings);
    try {
      tls.start();
      return named(settings) ? tls.getSslContext() : unnamed(tls, settings);
    } catch (Exception e) {
      throw new ConfigException(
          "What listeners.https.ssl.* or ssl.* say cannot be used for requests to other workers: "
              + e.getMessage());
    }
  }

  private static boolean named(Map<String, String> settings) {
    return !settings.getOrDefault("ssl.endpoint.identification.algorithm", "https").isBlank();
  }

  /** The same without looking at host names, which the JDK's client does by itself. */
  private static SSLContext unnamed(SslContextFactory.Client tls, Map<String, String> settings)
      throws GeneralSecurityException {
    var keys = tls.getKeyStore();
    var trusted = TrustManagerFactory.getInstance(trustManagers(settings));
    trusted.init(tls.getTrustStore());
    TrustManager[] unnamed =
        Arrays.stream(trusted.getTrustManagers())
            .map(one -> one instanceof X509TrustManager x509 ? new UnnamedPeers(x509) : one)
            .toArray(TrustManager[]::new);
    var context = SSLContext.getInstance(tls.getProtocol());
    context.init(keys == null ? null : keyManagers(keys, settings), unnamed, null);
    return context;
  }

  private static KeyManager[] keyManagers(KeyStore keys, Map<String, String> settings)
      throws GeneralSecurityException {
    var factory = KeyManagerFactory.getInstance(keyManagers(settings));
    var password = settings.getOrDefault("ssl.key.password", settings.get("ssl.keystore.password"));
    factory.init(keys, password == null ? null : password.toCharArray());
    return factory.getKeyManagers();
  }

  private static void keys(SslContextFactory tls, Map<String, String> settings) {
    var store = settings.get(KEY_STORE);
    if (store == null) {
      throw new ConfigException(
          "A listener is https, but listeners.https.ssl.keystore.location or"
              + " ssl.keystore.location is not set; set it to a key store");
    }
    tls.setKeyStorePath(store);
    tls.setKeyStoreType(settings.getOrDefault("ssl.keystore.type", "JKS"));
    tls.setKeyStorePassword(settings.get("ssl.keystore.password"));
    var key = settings.get("ssl.key.password");
    if (key != null) tls.setKeyManagerPassword(key);
  }

  private static void trust(SslContextFactory tls, Map<String, String> settings) {
    var store = settings.get("ssl.truststore.location");
    if (store == null) return;
    tls.setTrustStorePath(store);
    tls.setTrustStoreType(settings.getOrDefault("ssl.truststore.type", "JKS"));
    tls.setTrustStorePassword(settings.get("ssl.truststore.password"));
  }

  private static void protocols(SslContextFactory tls, Map<String, String> settings) {
    tls.setProtocol(settings.getOrDefault("ssl.protocol", "TLSv1.3"));
    var provider = settings.get("ssl.provider");
    if (provider != null) tls.setProvider(provider);
    tls.setIncludeProtocols(
        list(settings.getOrDefault("ssl.enabled.protocols", "TLSv1.2,TLSv1.3")));
    var suites = settings.get("ssl.cipher.suites");
    if (suites != null) tls.setIncludeCipherSuites(list(suites));
    var random = settings.get("ssl.secure.random.implementation");
    if (random != null) tls.setSecureRandomAlgorithm(random);
    tls.setKeyManagerFactoryAlgorithm(keyManagers(settings));
    tls.setTrustManagerFactoryAlgorithm(trustManagers(settings));
  }

  private static String keyManagers(Map<String, String> settings) {
    return settings.getOrDefault(
        "ssl.keymanager.algorithm", KeyManagerFactory.getDefaultAlgorithm());
  }

  private static String trustManagers(Map<String, String> settings) {
    return settings.getOrDefault(
        "ssl.trustmanager.algorithm", TrustManagerFactory.getDefaultAlgorithm());
  }

  private static String[] list(String text) {
    List<String> items =
        Arrays.stream(text.split(",", -1)).map(String::strip).filter(s -> !s.isEmpty()).toList();
    return items.toArray(String[]::new);
  }
}

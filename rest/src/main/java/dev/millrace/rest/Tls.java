package dev.millrace.rest;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** TLS of listeners from Kafka's {@code ssl.} settings (compat: REST §13). */
final class Tls {

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

  private static void keys(SslContextFactory.Server tls, Map<String, String> settings) {
    var store = settings.get("ssl.keystore.location");
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

  private static void trust(SslContextFactory.Server tls, Map<String, String> settings) {
    var store = settings.get("ssl.truststore.location");
    if (store == null) return;
    tls.setTrustStorePath(store);
    tls.setTrustStoreType(settings.getOrDefault("ssl.truststore.type", "JKS"));
    tls.setTrustStorePassword(settings.get("ssl.truststore.password"));
  }

  private static void protocols(SslContextFactory.Server tls, Map<String, String> settings) {
    tls.setProtocol(settings.getOrDefault("ssl.protocol", "TLSv1.3"));
    var provider = settings.get("ssl.provider");
    if (provider != null) tls.setProvider(provider);
    tls.setIncludeProtocols(
        list(settings.getOrDefault("ssl.enabled.protocols", "TLSv1.2,TLSv1.3")));
    var suites = settings.get("ssl.cipher.suites");
    if (suites != null) tls.setIncludeCipherSuites(list(suites));
  }

  private static String[] list(String text) {
    List<String> items =
        Arrays.stream(text.split(",", -1)).map(String::strip).filter(s -> !s.isEmpty()).toList();
    return items.toArray(String[]::new);
  }
}

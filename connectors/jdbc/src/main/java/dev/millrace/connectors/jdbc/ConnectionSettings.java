package dev.millrace.connectors.jdbc;

import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.types.Password;

/**
 * Where the database is and how to get in. Immutable.
 *
 * @param url JDBC URL
 * @param user user name, or empty when the URL says it
 * @param password secret, or empty
 * @param driverProperties further properties for the driver
 * @param zone time zone in which the database's zone-less times are meant
 * @param quoted whether identifiers are quoted
 */
record ConnectionSettings(
    String url,
    Optional<String> user,
    Optional<Password> password,
    Map<String, String> driverProperties,
    ZoneId zone,
    boolean quoted) {

  ConnectionSettings {
    driverProperties = Map.copyOf(driverProperties);
  }

  /** The URL without what may hold a secret: for messages and logs. */
  String shownUrl() {
    return withoutSecrets(url);
  }

  /** A URL of any kind, even a wrong one, without properties, user and password. */
  static String withoutSecrets(String url) {
    return url.replaceFirst("\\?.*", "").replaceFirst("^((?:\\w+:)*/{0,2}).*@", "$1");
  }

  @Override
  public String toString() {
    return shownUrl();
  }
}

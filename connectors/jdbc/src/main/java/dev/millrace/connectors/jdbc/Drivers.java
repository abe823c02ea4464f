package dev.millrace.connectors.jdbc;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Properties;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens connections with the drivers of this plugin's own class loader (DriverManager would look
 * into the application's). Stateless.
 */
final class Drivers {
  private static final Logger log = LoggerFactory.getLogger(Drivers.class);

  private Drivers() {}

  /** A new connection, ready for the dialect's way of reading. */
  static Connection open(ConnectionSettings settings, Dialect dialect) throws SQLException {
    Properties properties = new Properties();
    dialect
        .driverProperties()
        .forEach((key, value) -> putUnlessInUrl(properties, settings, key, value));
    properties.putAll(settings.driverProperties());
    settings.user().ifPresent(user -> properties.setProperty("user", user));
    settings.password().ifPresent(secret -> properties.setProperty("password", secret.value()));
    Connection connection = connect(settings, properties);
    try {
      dialect.prepare(connection);
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  private static void putUnlessInUrl(
      Properties properties, ConnectionSettings settings, String key, String value) {
    if (!settings.url().contains(key + "=")) {
      properties.setProperty(key, value);
    }
  }

  private static Connection connect(ConnectionSettings settings, Properties properties)
      throws SQLException {
    List<Driver> drivers = drivers();
    for (String url : List.of(settings.url(), permittingMysqlScheme(settings.url()))) {
      for (Driver driver : drivers) {
        Connection connection = driver.acceptsURL(url) ? driver.connect(url, properties) : null;
        if (connection != null) {
          return connection;
        }
      }
    }
    throw new ConnectException(
        "No JDBC driver takes \""
            + settings.shownUrl()
            + "\". Put its jar beside the connector's.");
  }

  /** MariaDB's driver takes {@code jdbc:mysql:} only when the URL says so. */
  static String permittingMysqlScheme(String url) {
    if (!url.startsWith("jdbc:mysql:") || url.contains("permitMysqlScheme")) {
      return url;
    }
    return url + (url.contains("?") ? "&" : "?") + "permitMysqlScheme";
  }

  private static List<Driver> drivers() {
    List<Driver> drivers = new ArrayList<>();
    Iterator<Driver> found =
        ServiceLoader.load(Driver.class, Drivers.class.getClassLoader()).iterator();
    while (true) {
      try {
        if (!found.hasNext()) {
          return drivers;
        }
        drivers.add(found.next());
      } catch (ServiceConfigurationError e) {
        log.warn("A JDBC driver is left out, it cannot be loaded: {}", e.getMessage());
      }
    }
  }
}

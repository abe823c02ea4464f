package dev.millrace.connectors.jdbc;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigValue;

/** What the settings of source and sink have in common. Stateless. */
final class Keys {
  static final String URL = "url";
  static final String USERNAME = "username";
  static final String PASSWORD = "password";
  static final String TABLE = "table";
  static final String TIMEZONE = "db.timezone";
  static final String QUOTE = "quote.sql.identifiers";
  static final String ALWAYS = "always";
  static final String NEVER = "never";

  static final String DATABASE_GROUP = "Database";

  /** Names of ours for keys of other JDBC connectors, the same in source and sink. */
  static final Map<String, List<String>> CONNECTION_ALIASES =
      new TreeMap<>(
          Map.of(
              URL, List.of("connection.url"),
              USERNAME, List.of("connection.user", "connection.username"),
              PASSWORD, List.of("connection.password")));

  private static final String CONNECTION_PREFIX = "connection.";

  /** Settings of Confluent's connector which are not properties of the driver. */
  private static final List<String> NOT_FOR_DRIVER = List.of("attempts", "backoff.ms");

  private Keys() {}

  /** Adds settings in order, so that their order number is their place. */
  static final class Definer {
    private final ConfigDef def = new ConfigDef();
    private String group = DATABASE_GROUP;
    private int order;

    Definer group(String name) {
      this.group = name;
      return this;
    }

    Definer add(String name, Setting setting) {
      def.define(
          name,
          setting.type,
          setting.defaultValue,
          setting.validator,
          setting.importance,
          setting.doc,
          group,
          ++order,
          Width.MEDIUM,
          name);
      return this;
    }

    Definer aliases(Map<String, List<String>> aliases, String name) {
      aliases
          .getOrDefault(name, List.of())
          .forEach(
              alias ->
                  add(
                      alias,
                      new Setting(
                          name.equals(PASSWORD) ? ConfigDef.Type.PASSWORD : ConfigDef.Type.STRING,
                          null,
                          null,
                          Importance.LOW,
                          "The same as " + name + ", as other JDBC connectors call it.")));
      return this;
    }

    ConfigDef done() {
      return def;
    }
  }

  /** One setting but for its name. */
  record Setting(
      ConfigDef.Type type,
      Object defaultValue,
      ConfigDef.Validator validator,
      Importance importance,
      String doc) {}

  static Definer connection(Map<String, List<String>> aliases) {
    return new Definer()
        .add(
            URL,
            new Setting(
                ConfigDef.Type.STRING,
                "",
                Keys::checkUrl,
                Importance.HIGH,
                "Where the database is: jdbc:mariadb://host:3306/db, jdbc:mysql://host:3306/db or"
                    + " jdbc:postgresql://host:5432/db. Required. Properties of the driver can"
                    + " be added to it after a question mark."))
        .aliases(aliases, URL)
        .add(
            USERNAME,
            new Setting(
                ConfigDef.Type.STRING,
                "",
                null,
                Importance.HIGH,
                "The database user, if it needs one."))
        .aliases(aliases, USERNAME)
        .add(
            PASSWORD,
            new Setting(
                ConfigDef.Type.PASSWORD,
                "",
                null,
                Importance.HIGH,
                "The database user's password."))
        .aliases(aliases, PASSWORD)
        .add(
            TIMEZONE,
            new Setting(
                ConfigDef.Type.STRING,
                "UTC",
                Keys::checkZone,
                Importance.MEDIUM,
                "The zone in which the database's times without a zone (DATETIME, PostgreSQL's"
                    + " TIMESTAMP) are meant, such as UTC or Europe/Berlin."))
        .add(
            QUOTE,
            new Setting(
                ConfigDef.Type.STRING,
                ALWAYS,
                ConfigDef.ValidString.in(ALWAYS, NEVER),
                Importance.LOW,
                "Whether names of tables and columns are quoted in SQL: always or never."));
  }

  private static void checkUrl(String name, Object value) {
    String url = String.valueOf(value);
    if (!url.isBlank() && Dialect.find(url).isEmpty()) {
      throw new ConfigException(
          name,
          ConnectionSettings.withoutSecrets(url),
          "must begin with jdbc:mariadb:, jdbc:mysql: or jdbc:postgresql:");
    }
    boolean slashes = url.contains("//") || url.startsWith("jdbc:postgresql:");
    if (!url.isBlank() && !slashes) { // the driver would say so with the whole URL
      throw new ConfigException(
          name, ConnectionSettings.withoutSecrets(url), "must have // before the host");
    }
  }

  private static void checkZone(String name, Object value) {
    try {
      ZoneId.of(String.valueOf(value));
    } catch (DateTimeException e) {
      throw new ConfigException(name, value, "is no time zone; write for example Europe/Berlin");
    }
  }

  /** Everything else under {@code connection.}: properties of the driver. */
  static Map<String, String> driverProperties(Map<String, String> resolved) {
    Map<String, String> properties = new TreeMap<>();
    resolved.forEach(
        (key, value) -> {
          String name = key.startsWith(CONNECTION_PREFIX) ? key.substring(11) : "";
          if (!name.isEmpty() && !NOT_FOR_DRIVER.contains(name) && value != null) {
            properties.put(name, value);
          }
        });
    return properties;
  }

  /** Puts an error on a key, unless the key already has one. */
  static void error(Map<String, ConfigValue> values, String key, String message) {
    ConfigValue value = values.get(key);
    if (value != null && value.errorMessages().isEmpty()) {
      value.addErrorMessage(message);
    }
  }

  /** The same setting under two names with two values is refused. */
  static void checkAliases(
      Map<String, String> given, Aliases aliases, Map<String, ConfigValue> values) {
    Map<String, String> resolved = aliases.resolve(given);
    aliases
        .names()
        .forEach(
            (name, others) ->
                others.stream()
                    .filter(other -> !given.getOrDefault(other, "").isBlank())
                    .filter(other -> !given.get(other).equals(resolved.get(name)))
                    .forEach(
                        other ->
                            error(
                                values,
                                other,
                                "\""
                                    + other
                                    + "\" is another name for \""
                                    + name
                                    + "\", and they differ. Remove one of them.")));
  }

  /** All errors in one text, or empty. */
  static String errors(Iterable<ConfigValue> values) {
    StringBuilder text = new StringBuilder();
    for (ConfigValue value : values) {
      value
          .errorMessages()
          .forEach(
              message -> text.append("\n  ").append(value.name()).append(": ").append(message));
    }
    return text.toString();
  }
}

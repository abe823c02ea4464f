package dev.millrace.topology;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which connector a stage runs.
 *
 * @param name an alias or a class name, as written
 * @param version an exact version or a Maven version range; the empty text for the newest
 */
public record ConnectorRef(String name, String version) {

  /** The class that runs {@code sql:}. */
  public static final String SQL_PROCESSOR =
      "dev.millrace.connectors.processor.SqlProcessorConnector";

  /** What a processor with {@code sql} and no {@code connector} runs. */
  public static final ConnectorRef SQL = new ConnectorRef(SQL_PROCESSOR, "");

  private static final String NUMBER = "[0-9A-Za-z][0-9A-Za-z._+-]*";
  private static final String INTERVAL =
      "[\\[(]\\s*(?:%1$s)?\\s*,\\s*(?:%1$s)?\\s*[\\])]".formatted(NUMBER);
  private static final Pattern VERSION =
      Pattern.compile(
          "%1$s|(?:%2$s|\\[\\s*%1$s\\s*\\])(?:\\s*,\\s*(?:%2$s|\\[\\s*%1$s\\s*\\]))*"
              .formatted(NUMBER, INTERVAL));

  /** Splits {@code name@version}. */
  static ConnectorRef parse(String text) {
    int at = text.indexOf('@');
    return at < 0
        ? new ConnectorRef(text.strip(), "")
        : new ConnectorRef(text.substring(0, at).strip(), text.substring(at + 1).strip());
  }

  /** The version asked for, if one was. */
  public Optional<String> pinned() {
    return version.isEmpty() ? Optional.empty() : Optional.of(version);
  }

  boolean hasValidVersion() {
    return version.isEmpty() || VERSION.matcher(version).matches();
  }
}

package dev.millrace.rest;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigException;

/**
 * One rule of {@code response.http.headers.config} (compat: REST §13). Immutable.
 *
 * @param value the header's text, or for dates the milliseconds from now
 */
record HeaderRule(Action action, String name, String value) {

  private static final String SETTING = "response.http.headers.config";
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+"); // RFC 9110
  private static final Pattern MILLISECONDS = Pattern.compile("-?\\d{1,15}");

  /** What is done with the header. */
  enum Action {
    SET,
    ADD,
    SETDATE,
    ADDDATE
  }

  /**
   * Reads the setting.
   *
   * @throws ConfigException naming the first rule that is none
   */
  static List<HeaderRule> parse(String setting) {
    return split(setting).stream().map(HeaderRule::rule).toList();
  }

  /** At commas, except for those between quotes. */
  private static List<String> split(String setting) {
    var rules = new ArrayList<String>();
    var rule = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < setting.length(); i++) {
      char c = setting.charAt(i);
      if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        rules.add(rule.toString().strip());
        rule.setLength(0);
      } else {
        rule.append(c);
      }
    }
    rules.add(rule.toString().strip());
    rules.removeIf(String::isEmpty);
    return rules;
  }

  private static HeaderRule rule(String text) {
    int space = text.indexOf(' ');
    var action = space < 0 ? text : text.substring(0, space);
    var header = space < 0 ? new String[0] : text.substring(space + 1).split(":", -1);
    if (header.length != 2 || header[0].isBlank() || header[0].strip().contains(" ")) {
      throw wrong(text, "it is not of the form \"action name:value\"");
    }
    var rule = new HeaderRule(action(text, action), header[0].strip(), header[1].strip());
    if (!TOKEN.matcher(rule.name()).matches()) {
      throw wrong(text, "\"" + rule.name() + "\" is no name of a header");
    }
    if (rule.isDate() && !MILLISECONDS.matcher(rule.value()).matches()) {
      throw wrong(text, "the value of a date is a number of milliseconds from now");
    }
    return rule;
  }

  private boolean isDate() {
    return action == Action.SETDATE || action == Action.ADDDATE;
  }

  private static Action action(String text, String name) {
    try {
      return Action.valueOf(name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw wrong(text, "the action \"" + name + "\" is none of set, add, setDate, addDate");
    }
  }

  private static ConfigException wrong(String rule, String why) {
    return new ConfigException(SETTING, rule, why);
  }

  Response apply(Response response, Instant now) {
    return switch (action) {
      case SET -> response.with(name, value);
      case ADD -> response.plus(name, value);
      case SETDATE -> response.with(name, date(now));
      case ADDDATE -> response.plus(name, date(now));
    };
  }

  private String date(Instant now) {
    var at = now.plusMillis(Long.parseLong(value));
    return DateTimeFormatter.RFC_1123_DATE_TIME.format(at.atOffset(ZoneOffset.UTC));
  }
}

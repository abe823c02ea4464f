package dev.millrace.worker.keys;

import java.util.List;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.CaseInsensitiveValidString;
import org.apache.kafka.common.config.ConfigDef.LambdaValidator;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Validator;
import org.apache.kafka.common.config.ConfigException;

/** What values may be. Stateless. */
final class Rules {

  private Rules() {}

  static Validator atLeast(int least) {
    return Range.atLeast(least);
  }

  /** -1, the broker's default, or a count. */
  static Validator count() {
    return LambdaValidator.with(
        (name, value) -> {
          long number = ((Number) value).longValue();
          if (number != -1 && number < 1) {
            throw new ConfigException(
                name, value, "it is -1, for the broker's default, or at least 1");
          }
        },
        () -> "-1 or at least 1");
  }

  /** One of these in any case. */
  static Validator among(String... values) {
    return CaseInsensitiveValidString.in(values);
  }

  /** One of these as written. */
  static Validator exactly(String... values) {
    return ConfigDef.ValidString.in(values);
  }

  /** A text or list with something in it. */
  static Validator filled() {
    return LambdaValidator.with(
        (name, value) -> {
          boolean empty =
              value instanceof String text
                  ? text.isBlank()
                  : value instanceof List<?> list
                      && (list.isEmpty() || list.stream().anyMatch(Rules::blank));
          if (empty) throw new ConfigException(name, value, "it must not be empty");
        },
        () -> "not empty");
  }

  /** A list, perhaps of nothing, but without empty elements. */
  static Validator tidy() {
    return LambdaValidator.with(
        (name, value) -> {
          if (value instanceof List<?> list && list.stream().anyMatch(Rules::blank)) {
            throw new ConfigException(name, value, "none of its elements may be empty");
          }
        },
        () -> "a list without empty elements");
  }

  private static boolean blank(Object element) {
    return element instanceof String text && text.isBlank();
  }
}

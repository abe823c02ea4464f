package dev.millrace.worker.validation;

import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigException;

/** Whether a class can be the plugin that a key wants. Stateless. */
final class ClassRule {

  private ClassRule() {}

  /**
   * Checks a class.
   *
   * @throws ConfigException when it is of another type or abstract
   */
  static void check(Class<?> type, Class<?> given) {
    if (!type.isAssignableFrom(given)) {
      throw new ConfigException(
          "Class %s does not implement the %s interface".formatted(given, type.getSimpleName()));
    }
    if (Modifier.isAbstract(given.getModifiers())) {
      throw new ConfigException(
          "This class is abstract and cannot be created." + suggestion(given));
    }
  }

  /** Nested classes that could be meant, such as {@code ReplaceField$Key}. */
  private static String suggestion(Class<?> given) {
    String nested =
        Arrays.stream(given.getClasses())
            .filter(given::isAssignableFrom)
            .filter(each -> !Modifier.isAbstract(each.getModifiers()))
            .map(Class::getName)
            .sorted()
            .collect(Collectors.joining(", "));
    return nested.isEmpty() ? "" : " Did you mean " + nested + "?";
  }
}

package dev.millrace.worker.validation;

import dev.millrace.worker.validation.Validation.Defined;
import dev.millrace.worker.validation.Validation.Entry;
import dev.millrace.worker.validation.Validation.Unanswered;
import dev.millrace.worker.validation.Validation.Undefined;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.config.ConfigValue;

/**
 * Takes the values of placeholders out of the answer to a validation: plugins and Kafka's own
 * checks quote values in their messages, and values are part of the answer. Immutable.
 */
record Veil(UnaryOperator<String> hidden) {

  Validation over(Validation answer) {
    return new Validation(
        answer.errorCount(),
        answer.groups(),
        answer.entries().stream().map(this::over).toList(),
        answer.knownKeys());
  }

  private Entry over(Entry entry) {
    return switch (entry) {
      case Defined(var name, var key, var value) -> new Defined(name, key, over(value));
      case Undefined(var name, var value) -> new Undefined(name, over(value));
      case Unanswered unanswered -> unanswered;
    };
  }

  private ConfigValue over(ConfigValue value) {
    var shown =
        new ConfigValue(
            value.name(),
            shown(value.value()),
            value.recommendedValues().stream().map(this::shown).toList(),
            value.errorMessages().stream()
                .map(text -> text == null ? null : hidden.apply(text))
                .toList());
    shown.visible(value.visible());
    return shown;
  }

  private Object shown(Object value) {
    return switch (value) {
      case String text -> hidden.apply(text);
      case List<?> list -> list.stream().map(this::shown).toList();
      case null -> null;
      default -> value;
    };
  }
}

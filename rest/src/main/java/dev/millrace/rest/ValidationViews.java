package dev.millrace.rest;

import dev.millrace.worker.validation.Validation;
import dev.millrace.worker.validation.Validation.Defined;
import dev.millrace.worker.validation.Validation.Unanswered;
import dev.millrace.worker.validation.Validation.Undefined;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.apache.kafka.common.config.ConfigValue;

/** What a validation looks like in answers (compat: connector config §9). Stateless. */
final class ValidationViews {

  private ValidationViews() {}

  /** {@code name, error_count, groups, configs}. */
  static Map<String, Object> of(String connectorClass, Validation validation) {
    var view = new LinkedHashMap<String, Object>();
    view.put("name", connectorClass);
    view.put("error_count", validation.errorCount());
    view.put("groups", validation.groups());
    view.put("configs", validation.entries().stream().map(ValidationViews::entry).toList());
    return view;
  }

  private static Map<String, Object> entry(Validation.Entry entry) {
    var view = new LinkedHashMap<String, Object>();
    switch (entry) {
      case Defined(String name, ConfigKey key, ConfigValue value) -> {
        view.put("definition", definition(name, key));
        view.put("value", value(name, value, key.type));
      }
      case Unanswered(String name, ConfigKey key) -> {
        view.put("definition", definition(name, key));
        view.put("value", null);
      }
      case Undefined(String name, ConfigValue value) -> {
        view.put("definition", null);
        view.put("value", value(name, value, null));
      }
    }
    return view;
  }

  /** A key's definition; its name may have a prefix that the definition itself has not. */
  static Map<String, Object> definition(String name, ConfigKey key) {
    var view = new LinkedHashMap<String, Object>();
    view.put("name", name);
    view.put("type", key.type.name());
    view.put("required", !key.hasDefault());
    view.put("default_value", key.hasDefault() ? text(key.defaultValue, key.type) : null);
    view.put("importance", key.importance.name());
    view.put("documentation", key.documentation);
    view.put("group", key.group);
    view.put("order_in_group", key.orderInGroup);
    view.put("width", key.width.name());
    view.put("display_name", key.displayName);
    view.put("dependents", key.dependents);
    return view;
  }

  private static Map<String, Object> value(String name, ConfigValue value, ConfigDef.Type type) {
    var view = new LinkedHashMap<String, Object>();
    view.put("name", name);
    view.put("value", text(value.value(), type));
    view.put(
        "recommended_values",
        value.recommendedValues().stream().map(each -> text(each, type)).toList());
    view.put("errors", value.errorMessages());
    view.put("visible", value.visible());
    return view;
  }

  /** Passwords are masked by their type. */
  private static String text(Object value, ConfigDef.Type type) {
    return value instanceof String plain ? plain : ConfigDef.convertToString(value, type);
  }
}

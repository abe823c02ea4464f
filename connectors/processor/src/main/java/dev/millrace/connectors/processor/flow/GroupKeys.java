package dev.millrace.connectors.processor.flow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.connectors.processor.row.Temporal;
import dev.millrace.connectors.processor.row.Type;
import dev.millrace.connectors.processor.row.Value;
import dev.millrace.connectors.processor.sql.SqlQuery;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.utils.Bytes;

/**
 * Reads a key that a person wrote: the bare value of the only group column, or a JSON object of all
 * group columns. A value can mean several things ({@code 42} a number or a text): all readings are
 * given, the likelier first. Stateless.
 */
public final class GroupKeys {
  private static final int MOST_READINGS = 1000;
  private static final ObjectReader JSON =
      new ObjectMapper()
          .reader()
          .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

  private GroupKeys() {}

  /**
   * The store's keys that the text can mean, the likeliest first.
   *
   * @throws IllegalArgumentException when the text is not a key of this query's groups
   */
  public static List<Bytes> readings(SqlQuery.Grouping grouping, String text) {
    List<String> names = grouping.keys().stream().map(SqlQuery.Column::name).toList();
    if (text.stripLeading().startsWith("{")) {
      return combine(object(names, text));
    }
    if (names.size() != 1) {
      throw new IllegalArgumentException(
          "The key has the columns %s: write it as a JSON object, not as '%s'"
              .formatted(names, text));
    }
    return combine(List.of(bare(text)));
  }

  private static List<List<Value>> object(List<String> names, String text) {
    JsonNode node;
    try {
      node = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "The key '%s' is not JSON: %s".formatted(text, e.getOriginalMessage()), e);
    }
    if (!(node instanceof ObjectNode object) || !fieldNames(object).equals(Set.copyOf(names))) {
      throw new IllegalArgumentException(
          "The key '%s' does not have exactly the columns %s".formatted(text, names));
    }
    return names.stream().map(name -> typed(name, object.get(name))).toList();
  }

  private static Set<String> fieldNames(ObjectNode object) {
    Set<String> names = new LinkedHashSet<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static List<Value> typed(String name, JsonNode node) {
    return switch (node.getNodeType()) {
      case NULL -> List.of(Value.NULL);
      case BOOLEAN -> List.of(Value.of(node.booleanValue()));
      case NUMBER -> number(node.decimalValue());
      case STRING -> textual(node.textValue());
      default ->
          throw new IllegalArgumentException(
              "The key's column '" + name + "' is not a single value");
    };
  }

  /** A number is also a date, a time or a timestamp in its stored form. */
  private static List<Value> number(BigDecimal number) {
    Type decimal = Type.decimal(Math.max(number.scale(), 0));
    List<Value> readings = new ArrayList<>(List.of(new Value(decimal, number)));
    if (isWhole(number)) {
      long whole = number.longValueExact();
      for (Type type : List.of(Type.DATE, Type.TIME, Type.TIMESTAMP)) {
        readings.add(new Value(type, whole));
      }
    }
    return readings;
  }

  private static boolean isWhole(BigDecimal number) {
    long digits = (long) number.precision() - number.scale();
    return digits < 19 && number.stripTrailingZeros().scale() <= 0;
  }

  private static List<Value> textual(String text) {
    List<Value> readings = new ArrayList<>(List.of(Value.of(text)));
    for (Type type : List.of(Type.DATE, Type.TIME, Type.TIMESTAMP)) {
      temporal(type, text).ifPresent(readings::add);
    }
    return readings;
  }

  private static Optional<Value> temporal(Type type, String text) {
    try {
      return Optional.of(new Value(type, Temporal.parse(type.kind(), text)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static List<Value> bare(String text) {
    List<Value> readings = new ArrayList<>();
    try {
      readings.addAll(number(new BigDecimal(text.strip())));
    } catch (NumberFormatException e) {
      readings.addAll(words(text.strip()));
    }
    readings.addAll(textual(text));
    if (text.strip().equals("null")) {
      readings.add(Value.NULL);
    }
    return readings;
  }

  private static List<Value> words(String text) {
    return switch (text) {
      case "true" -> List.of(Value.TRUE);
      case "false" -> List.of(Value.FALSE);
      case "NaN" -> List.of(Value.of(Double.NaN));
      default -> List.of();
    };
  }

  private static List<Bytes> combine(List<List<Value>> columns) {
    List<List<Value>> keys = List.of(List.of());
    for (List<Value> readings : columns) {
      List<List<Value>> longer = new ArrayList<>();
      for (List<Value> key : keys) {
        for (Value reading : readings) {
          List<Value> next = new ArrayList<>(key);
          next.add(reading);
          longer.add(next);
        }
      }
      keys = longer.subList(0, Math.min(longer.size(), MOST_READINGS));
    }
    return keys.stream().map(key -> Bytes.wrap(Tuples.key(key))).toList();
  }
}

package dev.millrace.topology;

import java.util.Set;

/**
 * The transformations and predicates of Kafka Connect itself, which may be named without package.
 */
final class StockClasses {
  private static final String TRANSFORMS = "org.apache.kafka.connect.transforms.";
  private static final String PREDICATES = TRANSFORMS + "predicates.";

  private static final Set<String> OF_KEY_AND_VALUE =
      Set.of(
          "Cast",
          "ExtractField",
          "Flatten",
          "HeaderFrom",
          "HoistField",
          "InsertField",
          "MaskField",
          "ReplaceField",
          "SetSchemaMetadata",
          "TimestampConverter");
  private static final Set<String> OF_RECORDS =
      Set.of(
          "DropHeaders", "Filter", "InsertHeader", "RegexRouter", "TimestampRouter", "ValueToKey");
  private static final Set<String> STOCK_PREDICATES =
      Set.of("HasHeaderKey", "RecordIsTombstone", "TopicNameMatches");

  private StockClasses() {}

  /** The full name of a stock transformation or predicate; any other name as it is. */
  static String expand(String type) {
    if (OF_RECORDS.contains(type) || isKeyOrValue(type)) {
      return TRANSFORMS + type;
    }
    return STOCK_PREDICATES.contains(type) ? PREDICATES + type : type;
  }

  /**
   * Whether a name lacks the {@code $Key} or {@code $Value} without which it is no class to run.
   */
  static boolean lacksSide(String type) {
    return OF_KEY_AND_VALUE.contains(type);
  }

  private static boolean isKeyOrValue(String type) {
    int dollar = type.indexOf('$');
    return dollar > 0
        && OF_KEY_AND_VALUE.contains(type.substring(0, dollar))
        && Set.of("$Key", "$Value").contains(type.substring(dollar));
  }
}

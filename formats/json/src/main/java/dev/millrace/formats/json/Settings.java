package dev.millrace.formats.json;

import java.util.Map;
import org.apache.kafka.connect.json.DecimalFormat;
import org.apache.kafka.connect.json.JsonConverterConfig;

/**
 * What of the converter's configuration changes texts and values.
 *
 * @param schemas whether texts carry their schema
 * @param numericDecimals whether decimals are numbers rather than base64
 * @param defaultsForNull whether a null stands for its schema's default
 * @param fixedSchema whether one configured schema holds for all that is read
 * @param cached how many schemas are remembered in each direction
 */
record Settings(
    boolean schemas,
    boolean numericDecimals,
    boolean defaultsForNull,
    boolean fixedSchema,
    int cached) {

  static Settings of(Map<String, ?> properties) {
    var config = new JsonConverterConfig(properties);
    return new Settings(
        config.schemasEnabled(),
        config.decimalFormat() == DecimalFormat.NUMERIC,
        config.replaceNullWithDefault(),
        config.schemasEnabled() && config.schemaContent() != null,
        Math.max(1, config.schemaCacheSize()));
  }
}

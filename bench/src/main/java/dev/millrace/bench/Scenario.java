package dev.millrace.bench;

import dev.millrace.bench.plugin.Form;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What is measured of the data path: one task, from its source or into its sink. */
enum Scenario {
  SOURCE_JSON_SCHEMA(Form.STRUCT, "json", true),
  SOURCE_JSON_SCHEMA_TRANSFORMS(Form.STRUCT, "json", true),
  SOURCE_JSON(Form.MAP, "json", false),
  SOURCE_STRING(Form.STRING, "storage.StringConverter", false),
  SOURCE_BYTES(Form.BYTES, "converters.ByteArrayConverter", false),
  SLOW_SOURCE(Form.STRUCT, "json", true),
  SINK_JSON_SCHEMA(Form.STRUCT, "json", true),
  SINK_JSON_SCHEMA_TRANSFORMS(Form.STRUCT, "json", true),
  SINK_JSON(Form.MAP, "json", false),
  SINK_STRING(Form.STRING, "storage.StringConverter", false),
  SINK_BYTES(Form.BYTES, "converters.ByteArrayConverter", false),
  SLOW_SINK(Form.STRUCT, "json", true);

  private static final String CONNECT = "org.apache.kafka.connect.";
  private static final String SLOW_MS = "5";
  private static final String FAST_MS = "0";

  private final Form form;
  private final String converter;
  private final boolean schemas;

  Scenario(Form form, String converter, boolean schemas) {
    this.form = form;
    this.converter = CONNECT + (converter.equals("json") ? "json.JsonConverter" : converter);
    this.schemas = schemas;
  }

  /** Its name on the command line. */
  String title() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  Form form() {
    return form;
  }

  boolean schemas() {
    return schemas;
  }

  boolean source() {
    return name().contains("SOURCE");
  }

  /** Whether each poll or put takes its time. */
  boolean slow() {
    return name().startsWith("SLOW");
  }

  /** The connector's configuration, but for its marks. */
  Map<String, String> config(String topic, long records) {
    Map<String, String> config = new HashMap<>(source() ? ofSource(topic) : ofSink(topic, records));
    config.put("tasks.max", "1");
    config.put("value.converter", converter);
    if (form == Form.STRUCT || form == Form.MAP) {
      config.put("value.converter.schemas.enable", Boolean.toString(schemas));
    }
    if (name().endsWith("TRANSFORMS")) config.putAll(TRANSFORMS);
    return config;
  }

  private Map<String, String> ofSource(String topic) {
    return Map.of(
        "connector.class",
        "dev.millrace.bench.plugin.RecordSource",
        "topic",
        topic,
        "form",
        form.name(),
        "batch",
        "500",
        "poll.ms",
        slow() ? SLOW_MS : FAST_MS);
  }

  private Map<String, String> ofSink(String topic, long records) {
    return Map.of(
        "connector.class",
        "dev.millrace.bench.plugin.CountingSink",
        "topics",
        topic,
        "records",
        Long.toString(records),
        "put.ms",
        slow() ? SLOW_MS : FAST_MS);
  }

  private static final Map<String, String> TRANSFORMS =
      Map.of(
          "transforms", "insert,replace,mask",
          "transforms.insert.type", CONNECT + "transforms.InsertField$Value",
          "transforms.insert.static.field", "origin",
          "transforms.insert.static.value", "bench",
          "transforms.replace.type", CONNECT + "transforms.ReplaceField$Value",
          "transforms.replace.exclude", "street",
          "transforms.replace.renames", "city:town",
          "transforms.mask.type", CONNECT + "transforms.MaskField$Value",
          "transforms.mask.fields", "last_name");

  static List<Scenario> all() {
    return List.of(values());
  }
}

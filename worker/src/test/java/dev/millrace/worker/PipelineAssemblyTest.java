package dev.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.engine.Attempts;
import dev.millrace.engine.Outcome;
import dev.millrace.engine.RecordPipeline;
import dev.millrace.engine.SourcePipeline;
import dev.millrace.model.WorkId;
import dev.millrace.plugins.PluginCatalog;
import dev.millrace.plugins.PluginException;
import dev.millrace.worker.metrics.WorkerMetrics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which transformations and converters a task gets, and with what settings. */
class PipelineAssemblyTest {

  @TempDir Path dataDir;
  private final WorkerMetrics metrics = QuietMetrics.make();
  private PluginCatalog catalog;

  @AfterEach
  void forget() {
    Noting.SEEN.clear();
    if (catalog != null) catalog.close();
    metrics.close();
  }

  private RecordPipeline<SourceRecord> pipeline(Map<String, String> config) {
    return pipeline(config, Map.of());
  }

  private RecordPipeline<SourceRecord> pipeline(
      Map<String, String> config, Map<String, String> ofWorker) {
    var settings = new HashMap<>(ofWorker);
    settings.put("bootstrap.servers", "nowhere:1");
    settings.put("group.id", "g");
    settings.put("millrace.data.dir", dataDir.toString());
    var worker = WorkerSettings.of(settings);
    if (catalog == null) {
      catalog = PluginCatalog.scan(worker.pluginScan(getClass().getClassLoader()));
    }
    var connector = catalog.connector(NumberSource.class.getName());
    return new PipelineAssembly(catalog, worker)
        .make(connector, config, metrics.open(new WorkId("c", 0)));
  }

  private static Map<String, String> two() {
    var config = new HashMap<String, String>();
    config.put("transforms", "a, b");
    for (String alias : List.of("a", "b")) {
      config.put("transforms." + alias + ".type", Noting.Step.class.getName());
      config.put("transforms." + alias + ".own", alias);
      config.put("transforms." + alias + ".predicate", "p");
    }
    config.put("transforms.b.negate", "true");
    config.put("predicates", "p");
    config.put("predicates.p.type", Noting.Always.class.getName());
    return config;
  }

  @Test
  @DisplayName("§8.3 each transformation has a predicate instance of its own")
  void predicatesAreNotShared() throws Exception {
    pipeline(two()).close();
    assertThat(Noting.SEEN.stream().filter(s -> s.startsWith("new predicate"))).hasSize(2);
    assertThat(Noting.SEEN.stream().filter(s -> s.equals("close predicate"))).hasSize(2);
  }

  @Test
  @DisplayName("§8.4 configure gets type and own settings, not predicate and negate")
  void settingsOfTransformations() {
    pipeline(two());
    assertThat(Noting.SEEN)
        .contains(
            "configure step {own=a, type=" + Noting.Step.class.getName() + "}",
            "configure step {own=b, type=" + Noting.Step.class.getName() + "}");
  }

  @Test
  @DisplayName("§8.2 blanks around negate do not matter, as in all settings")
  void negateWithBlanks() throws Exception {
    var config = new HashMap<String, String>();
    config.put("transforms", "drop");
    config.put("transforms.drop.type", "org.apache.kafka.connect.transforms.Filter");
    config.put("transforms.drop.predicate", "p");
    config.put("transforms.drop.negate", "true ");
    config.put("predicates", "p");
    config.put("predicates.p.type", Noting.Always.class.getName());
    try (var pipeline = pipeline(config)) {
      var record = new SourceRecord(Map.of(), Map.of(), "t", Schema.STRING_SCHEMA, "kept");
      assertThat(SourcePipeline.apply(pipeline, record, Attempts.ONCE))
          .isInstanceOf(Outcome.Passed.class);
    }
  }

  @Test
  @DisplayName("§8.6 a predicate that is not in 'predicates' fails the task, and is named")
  void unknownPredicate() {
    var config = two();
    config.put("predicates", "q");
    config.put("predicates.q.type", Noting.Always.class.getName());
    assertThatThrownBy(() -> pipeline(config))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("transforms.a.predicate")
        .hasMessageContaining("No such alias in 'predicates'");
    assertThat(Noting.SEEN).contains("close step");
  }

  @Test
  @DisplayName("§8.5 what was made of a chain that cannot be completed is closed")
  void closesWhatWasMade() {
    var config = two();
    config.put("transforms.b.type", "NoSuchTransformation");
    assertThatThrownBy(() -> pipeline(config)).isInstanceOf(PluginException.class);
    assertThat(Noting.SEEN).contains("close step", "close predicate");
    var converters = new HashMap<String, String>();
    converters.put("key.converter", Noting.Text.class.getName());
    converters.put("value.converter", Noting.Text.class.getName());
    converters.put("header.converter", "NoSuchConverter");
    assertThatThrownBy(() -> pipeline(converters)).isInstanceOf(PluginException.class);
    assertThat(Noting.SEEN.stream().filter(s -> s.equals("close converter"))).hasSize(2);
  }

  @Test
  @DisplayName("§8.7 §9.3 a version that is not installed fails the task")
  void versions() {
    var config = two();
    config.put("transforms.a.plugin.version", "[99,)");
    assertThatThrownBy(() -> pipeline(config))
        .isInstanceOf(PluginException.class)
        .hasMessageContaining("not found that matches the version range [99,)");
    var converter = new HashMap<String, String>();
    converter.put("value.converter", "org.apache.kafka.connect.storage.StringConverter");
    converter.put("value.converter.plugin.version", "[99,)");
    assertThatThrownBy(() -> pipeline(converter))
        .isInstanceOf(PluginException.class)
        .hasMessageContaining("[99,)");
  }

  @Test
  @DisplayName("§9.1 key, value and headers have instances of their own, each told what it is for")
  void converterSettings() {
    var config = new HashMap<String, String>();
    for (String role : List.of("key", "value")) {
      config.put(role + ".converter", Noting.Text.class.getName());
      config.put(role + ".converter.own", role);
    }
    config.put("header.converter", Noting.Titles.class.getName());
    config.put("header.converter.own", "header");
    pipeline(config);
    assertThat(Noting.SEEN)
        .contains(
            "configure converter key=true {own=key}", "configure converter key=false {own=value}")
        .anyMatch(s -> s.startsWith("configure headers") && s.contains("converter.type=header"));
  }

  @Test
  @DisplayName("§9.2 settings of a converter that the connector does not name have no effect")
  void onlyWithItsName() {
    var worker = new HashMap<String, String>();
    worker.put("value.converter", Noting.Text.class.getName());
    worker.put("value.converter.own", "worker");
    var config = new HashMap<String, String>();
    config.put("value.converter.own", "connector");
    pipeline(config, worker);
    assertThat(Noting.SEEN).contains("configure converter key=false {own=worker}");
    Noting.SEEN.clear();
    config.put("value.converter", Noting.Text.class.getName());
    pipeline(config, worker);
    assertThat(Noting.SEEN).contains("configure converter key=false {own=connector}");
  }

  @Test
  @DisplayName("§9.4 headers are text by default")
  void headersByDefault() {
    var headers = pipeline(Map.of()).converters().header().plugin();
    assertThat(headers.getClass().getName())
        .isEqualTo("org.apache.kafka.connect.storage.SimpleHeaderConverter");
    byte[] bytes = headers.fromConnectHeader("t", "h", null, "x");
    assertThat(new String(bytes, StandardCharsets.UTF_8)).isEqualTo("x");
  }

  @Test
  @DisplayName(
      "§9.6 Kafka Connect's JSON converter is accelerated under whatever name, and reported as itself")
  void json() {
    for (String name : List.of("JsonConverter", JsonConverter.class.getName())) {
      var loaded = pipeline(Map.of("value.converter", name)).converters().value();
      assertThat(loaded.plugin()).isNotInstanceOf(JsonConverter.class);
      assertThat(loaded.type()).isEqualTo(JsonConverter.class);
      assertThat(loaded.plugin().fromConnectData("t", Schema.INT32_SCHEMA, 5))
          .asString(StandardCharsets.UTF_8)
          .isEqualTo("{\"schema\":{\"type\":\"int32\",\"optional\":false},\"payload\":5}");
    }
    var plain =
        pipeline(
            Map.of(
                "header.converter", "JsonConverter", "header.converter.schemas.enable", "false"));
    assertThat(plain.converters().header().type()).isEqualTo(JsonConverter.class);
    assertThat(plain.converters().header().plugin().fromConnectHeader("t", "h", null, "x"))
        .asString(StandardCharsets.UTF_8)
        .isEqualTo("\"x\"");
  }

  @Test
  @DisplayName("§9.6 millrace.json.accelerated=false leaves it as it is")
  void jsonAsItIs() {
    var converters = pipeline(Map.of(), Map.of("millrace.json.accelerated", "false")).converters();
    assertThat(converters.key().plugin()).isExactlyInstanceOf(JsonConverter.class);
    assertThat(converters.value().plugin()).isExactlyInstanceOf(JsonConverter.class);
  }
}

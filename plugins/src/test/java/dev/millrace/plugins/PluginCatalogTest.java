package dev.millrace.plugins;

import static dev.millrace.plugins.PluginJars.manifest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.health.ConnectorType;
import org.apache.kafka.connect.source.SourceConnector;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.HeaderConverter;
import org.apache.kafka.connect.transforms.Transformation;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginCatalogTest {

  @TempDir Path dir;

  private PluginCatalog scan(Path... path) {
    return PluginCatalog.scan(
        PluginScan.of(List.of(path), PluginCatalogTest.class.getClassLoader()));
  }

  private static Map<String, String> sources(String... className) {
    return Map.of(manifest(PluginKind.SOURCE), String.join("\n", className) + "\n");
  }

  private Path plugin(String name, String version) throws Exception {
    return PluginJars.jar(
        dir.resolve(name),
        Map.of("p.JdbcSourceConnector", PluginJars.source("p", "JdbcSourceConnector", version)),
        sources("p.JdbcSourceConnector"));
  }

  @Test
  @DisplayName("§11.10 §12.3 stock plugins are found by name and alias, nested ones by name")
  void stockPluginsAreFoundOnTheClassPathByNameAndAlias() {
    try (PluginCatalog catalog = scan()) {
      assertThat(catalog.problems()).isEmpty();
      for (String name : List.of("Json", "JsonConverter", "String", "ByteArray", "Long")) {
        assertThat(catalog.find(PluginKind.CONVERTER, name)).as(name).isPresent();
      }
      assertThat(catalog.find(PluginKind.HEADER_CONVERTER, "Simple")).isPresent();
      assertThat(catalog.find(PluginKind.TRANSFORMATION, "RegexRouter")).isPresent();
      assertThat(catalog.find(PluginKind.PREDICATE, "TopicNameMatches")).isPresent();
      assertThat(catalog.find(PluginKind.CONFIG_PROVIDER, "EnvVar")).isPresent();
      PluginDescriptor nested =
          catalog.require(
              PluginKind.TRANSFORMATION, "org.apache.kafka.connect.transforms.InsertField$Value");
      assertThat(catalog.newInstance(nested, Transformation.class)).isNotNull();
      assertThat(catalog.find(PluginKind.TRANSFORMATION, "Value")).isEmpty();
      assertThat(nested.version()).isNotEqualTo(PluginDescriptor.UNDEFINED);
    }
  }

  @Test
  @DisplayName("§12.1 converters of Kafka Connect's runtime resolve by their names")
  void convertersOfTheReferenceRuntimeHaveEquivalents() {
    try (PluginCatalog catalog = scan()) {
      for (String type :
          List.of("ByteArray", "Boolean", "Short", "Integer", "Long", "Float", "Double")) {
        String name = "org.apache.kafka.connect.converters." + type + "Converter";
        assertThat(
                catalog.newInstance(catalog.require(PluginKind.CONVERTER, name), Converter.class))
            .isNotNull();
        assertThat(
                catalog.newInstance(
                    catalog.require(PluginKind.HEADER_CONVERTER, name), HeaderConverter.class))
            .isNotNull();
      }
    }
  }

  @Test
  @DisplayName("§11.7 each plugin has its own copy of a library")
  void eachPluginHasItsOwnCopyOfALibrary() throws Exception {
    for (String version : List.of("1", "2")) {
      PluginJars.jar(
          dir.resolve("plugins/plugin" + version + "/plugin.jar"),
          Map.of(
              "lib.Library",
              "package lib; public class Library { public static String version() { return \""
                  + version
                  + "\"; } }",
              "p" + version + ".Conflict" + version,
              PluginJars.source("p" + version, "Conflict" + version, "lib.Library.version()")),
          sources("p" + version + ".Conflict" + version));
    }
    try (PluginCatalog catalog = scan(dir.resolve("plugins"))) {
      assertThat(catalog.require(PluginKind.SOURCE, "Conflict1").version()).isEqualTo("1");
      assertThat(catalog.require(PluginKind.SOURCE, "Conflict2").version()).isEqualTo("2");
      PluginDescriptor first = catalog.require(PluginKind.SOURCE, "Conflict1");
      SourceConnector instance = catalog.newInstance(first, SourceConnector.class);
      assertThat(instance.getClass().getClassLoader()).isSameAs(first.loader());
      assertThat(first.location()).endsWith("plugin1");
    }
  }

  @Test
  @DisplayName("§11.7 shared classes are the worker's, others the plugin's")
  void sharedClassesComeFromTheWorkerAndOthersFromThePlugin() throws Exception {
    Path jar =
        PluginJars.jar(
            dir.resolve("p.jar"),
            Map.of(
                "org.slf4j.Logger",
                "package org.slf4j; public interface Logger {}",
                "org.slf4j.Extra",
                "package org.slf4j; public interface Extra {}",
                "org.apache.kafka.connect.json.JsonConverter",
                "package org.apache.kafka.connect.json; public class JsonConverter {}",
                "org.apache.kafka.connect.transforms.Filter",
                "package org.apache.kafka.connect.transforms; public class Filter {}",
                "jakarta.ws.rs.Path",
                "package jakarta.ws.rs; public interface Path {}",
                "p.A",
                PluginJars.source("p", "A", "\"1\"")),
            sources("p.A"));
    try (PluginCatalog catalog = scan(jar)) {
      ClassLoader own = catalog.require(PluginKind.SOURCE, "p.A").loader();
      for (String name :
          List.of(
              "org.slf4j.Extra",
              "org.apache.kafka.connect.json.JsonConverter",
              "org.apache.kafka.connect.transforms.Filter",
              "jakarta.ws.rs.Path")) {
        assertThat(own.loadClass(name).getClassLoader()).as(name).isSameAs(own);
      }
      for (String name :
          List.of(
              "org.slf4j.Logger",
              "org.apache.kafka.connect.transforms.Transformation",
              "org.apache.kafka.connect.data.Schema",
              "javax.sql.DataSource")) {
        assertThat(own.loadClass(name).getClassLoader()).as(name).isNotSameAs(own);
      }
    }
  }

  @Test
  @DisplayName("§11.8 resources of the plugin come first")
  void resourcesOfThePluginComeFirst() throws Exception {
    String path = "META-INF/services/" + Converter.class.getName();
    Path jar =
        PluginJars.jar(
            dir.resolve("p.jar"),
            Map.of("p.A", PluginJars.source("p", "A", "\"1\"")),
            Map.of(manifest(PluginKind.SOURCE), "p.A # comment\n", path, "# nothing\n"));
    try (PluginCatalog catalog = scan(jar)) {
      ClassLoader own = catalog.require(PluginKind.SOURCE, "p.A").loader();
      try (var in = own.getResourceAsStream(path)) {
        assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("# nothing\n");
      }
      assertThat(own.resources(path).count()).isGreaterThan(1);
    }
  }

  @Test
  @DisplayName("§11.4 broken plugins are reported and skipped")
  void brokenPluginsAreReportedAndSkipped() throws Exception {
    Path plugins = Files.createDirectories(dir.resolve("plugins"));
    Files.writeString(plugins.resolve("broken.jar"), "this is no archive");
    Path good = dir.resolve("plugins/good.jar");
    PluginJars.jar(
        good,
        Map.of(
            "p.Good",
            PluginJars.source("p", "Good", "\"1\""),
            "p.Initialiser",
            PluginJars.source(
                "p",
                "Initialiser",
                "\"1\"; } static { if (true) throw new RuntimeException(\"boom\")"),
            "p.NoVersion",
            PluginJars.source("p", "NoVersion", "String.valueOf(1 / Integer.parseInt(\"0\"))"),
            "p.Hidden",
            PluginJars.source("p", "Hidden", "\"1\"; } private Hidden() { super()"),
            "p.NotOne",
            "package p; public class NotOne {}"),
        sources("p.Initialiser", "p.Good", "p.Missing", "p.NoVersion", "p.Hidden", "p.NotOne"));
    try (PluginCatalog catalog = scan(plugins, dir.resolve("absent"))) {
      assertThat(catalog.find(PluginKind.SOURCE, "Good")).isPresent();
      assertThat(catalog.require(PluginKind.SOURCE, "NoVersion").version())
          .isEqualTo(PluginDescriptor.UNDEFINED);
      assertThat(catalog.problems())
          .extracting(PluginProblem::message)
          .hasSize(6)
          .anyMatch(m -> m.contains("broken.jar"))
          .anyMatch(m -> m.contains("absent"))
          .anyMatch(m -> m.contains("p.Initialiser"))
          .anyMatch(m -> m.contains("p.Missing"))
          .anyMatch(m -> m.contains("p.Hidden"))
          .anyMatch(m -> m.contains("p.NotOne"));
    }
  }

  @Test
  @DisplayName("§11.1 zips and class trees are plugins too")
  void zipAndClassTreeAreLocationsToo() throws Exception {
    PluginJars.jar(
        dir.resolve("plugins/z.zip"),
        Map.of("z.Zipped", PluginJars.source("z", "Zipped", "\"1\"")),
        sources("z.Zipped"));
    PluginJars.classes(
        dir.resolve("plugins/tree"),
        Map.of("t.Tree", PluginJars.source("t", "Tree", "\"1\"")),
        sources("t.Tree"));
    try (PluginCatalog catalog = scan(dir.resolve("plugins"))) {
      assertThat(catalog.find(PluginKind.SOURCE, "Zipped")).isPresent();
      assertThat(catalog.find(PluginKind.SOURCE, "Tree")).isPresent();
      assertThat(catalog.problems()).isEmpty();
    }
  }

  @Test
  @DisplayName("§11.12 §11.13 the highest version is taken unless one is required")
  void theHighestVersionIsTakenUnlessOneIsRequired() throws Exception {
    plugin("plugins/a.jar", "\"1.10\"");
    plugin("plugins/b.jar", "\"1.9\"");
    plugin("plugins/c.jar", "\"1.10-rc1\"");
    plugin("plugins/d.jar", "null");
    try (PluginCatalog catalog = scan(dir.resolve("plugins"))) {
      assertThat(catalog.require(PluginKind.SOURCE, "JdbcSource").version()).isEqualTo("1.10");
      assertThat(catalog.find(PluginKind.SOURCE, "JdbcSource", "1.9").orElseThrow().version())
          .isEqualTo("1.9");
      assertThat(
              catalog.find(PluginKind.SOURCE, "JdbcSource", "[1.0,1.10)").orElseThrow().version())
          .isEqualTo("1.10-rc1");
      for (String any : List.of("latest", " latest ", "", " ")) {
        assertThat(catalog.find(PluginKind.SOURCE, "JdbcSource", any).orElseThrow().version())
            .isEqualTo("1.10");
      }
      assertThatThrownBy(() -> catalog.find(PluginKind.SOURCE, "JdbcSource", "[2,)"))
          .hasMessage(
              "Plugin JdbcSource not found that matches the version range [2,), available versions:"
                  + " [null, 1.9, 1.10-rc1, 1.10]");
    }
  }

  @Test
  @DisplayName("§11.11 a word finds the connector of its kind")
  void aWordFindsTheConnectorOfItsKind() throws Exception {
    plugin("p.jar", "\"1\"");
    try (PluginCatalog catalog = scan(dir.resolve("p.jar"))) {
      for (String name : List.of("jdbc", "JDBC", "jdbc-source", "JdbcSource")) {
        assertThat(catalog.connector(ConnectorType.SOURCE, name).className())
            .isEqualTo("p.JdbcSourceConnector");
      }
      assertThat(catalog.connector("JdbcSourceConnector").kind()).isEqualTo(PluginKind.SOURCE);
      assertThatThrownBy(() -> catalog.connector(ConnectorType.SOURCE, "JdbcSorce"))
          .isInstanceOf(PluginException.class)
          .hasMessageContaining("Did you mean 'JdbcSource'?");
      assertThatThrownBy(() -> catalog.connector(ConnectorType.SINK, "jdbc"))
          .hasMessageContaining("No sink connector is called 'jdbc'");
      assertThat(catalog.fitting(ConnectorType.SOURCE, "jdbc"))
          .containsExactly("p.JdbcSourceConnector");
      assertThat(catalog.fitting(ConnectorType.SINK, "jdbc")).isEmpty();
    }
  }

  @Test
  @DisplayName("§12.4 an equivalent stands in until the foreign class is installed")
  void anEquivalentStandsInUntilTheForeignClassIsInstalled() throws Exception {
    PluginJars.jar(
        dir.resolve("own/own.jar"),
        Map.of("own.JdbcSource", PluginJars.source("own", "JdbcSource", "\"1\"")),
        Map.of(
            manifest(PluginKind.SOURCE),
            "own.JdbcSource\n",
            "META-INF/millrace/equivalents.properties",
            "p.JdbcSourceConnector=own.JdbcSource\n"));
    plugin("foreign/foreign.jar", "\"1\"");
    try (PluginCatalog catalog = scan(dir.resolve("own"))) {
      assertThat(catalog.connector("p.JdbcSourceConnector").className())
          .isEqualTo("own.JdbcSource");
    }
    try (PluginCatalog catalog = scan(dir.resolve("own"), dir.resolve("foreign"))) {
      assertThat(catalog.connector("p.JdbcSourceConnector").className())
          .isEqualTo("p.JdbcSourceConnector");
      assertThat(catalog.fitting(ConnectorType.SOURCE, "jdbc"))
          .containsExactly("own.JdbcSource", "p.JdbcSourceConnector");
    }
  }
}

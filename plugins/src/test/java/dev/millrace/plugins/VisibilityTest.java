package dev.millrace.plugins;

import static dev.millrace.plugins.PluginJars.manifest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Driver;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.source.SourceConnector;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.transforms.Transformation;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which classes plugins see, of the worker's, of each other's, of their own. */
class VisibilityTest {

  @TempDir Path dir;

  private PluginCatalog scan(Path... path) {
    return PluginCatalog.scan(PluginScan.of(List.of(path), getClass().getClassLoader()));
  }

  private Path source(String location, String packageName, String name, String version)
      throws Exception {
    String className = packageName + "." + name;
    return PluginJars.jar(
        dir.resolve("plugins/" + location + ".jar"),
        Map.of(className, PluginJars.source(packageName, name, version)),
        Map.of(manifest(PluginKind.SOURCE), className + "\n"));
  }

  private static String transformation(String name, String version) {
    return """
    package t;
    public class %s implements org.apache.kafka.connect.transforms.Transformation<org.apache.kafka.connect.sink.SinkRecord>,
        org.apache.kafka.connect.components.Versioned {
      public String version() { return "%s"; }
      public org.apache.kafka.connect.sink.SinkRecord apply(org.apache.kafka.connect.sink.SinkRecord r) { return r; }
      public org.apache.kafka.common.config.ConfigDef config() { return new org.apache.kafka.common.config.ConfigDef(); }
      public void configure(java.util.Map<String, ?> c) {}
      public void close() {}
    }
    """
        .formatted(name, version);
  }

  @Test
  @DisplayName("§11.9 a plugin reaches another plugin's class by name or alias, and nothing else")
  void pluginsOfOthers() throws Exception {
    source("a", "p", "Alpha", "\"1\"");
    PluginJars.jar(
        dir.resolve("plugins/b.jar"),
        Map.of(
            "t.Beta", transformation("Beta", "1"), "t.Helper", "package t; public class Helper {}"),
        Map.of(manifest(PluginKind.TRANSFORMATION), "t.Beta\n"));
    try (PluginCatalog catalog = scan(dir.resolve("plugins"))) {
      ClassLoader alpha = catalog.require(PluginKind.SOURCE, "p.Alpha").loader();
      PluginDescriptor beta = catalog.require(PluginKind.TRANSFORMATION, "t.Beta");
      for (String name : List.of("t.Beta", "Beta")) {
        assertThat(alpha.loadClass(name).getClassLoader()).as(name).isSameAs(beta.loader());
      }
      assertThat(alpha.loadClass("p.Alpha").getClassLoader()).isSameAs(alpha);
      assertThatThrownBy(() -> alpha.loadClass("t.Helper"))
          .isInstanceOf(ClassNotFoundException.class);
    }
  }

  @Test
  @DisplayName("§11.14 a connector's transformation is the one beside it if its version fits")
  void beside() throws Exception {
    source("connector/c", "p", "Alpha", "\"1\"");
    PluginJars.jar(
        dir.resolve("plugins/connector/t.jar"),
        Map.of("t.Beta", transformation("Beta", "1.0")),
        Map.of(manifest(PluginKind.TRANSFORMATION), "t.Beta\n"));
    PluginJars.jar(
        dir.resolve("plugins/newer/t.jar"),
        Map.of("t.Beta", transformation("Beta", "2.0")),
        Map.of(manifest(PluginKind.TRANSFORMATION), "t.Beta\n"));
    try (PluginCatalog catalog = scan(dir.resolve("plugins"))) {
      PluginDescriptor alpha = catalog.connector("p.Alpha");
      PluginKind kind = PluginKind.TRANSFORMATION;
      assertThat(catalog.require(kind, "Beta").version()).isEqualTo("2.0");
      assertThat(catalog.findBeside(alpha, kind, "Beta").orElseThrow().version()).isEqualTo("1.0");
      assertThat(catalog.findBeside(alpha, kind, "Beta", "[1.5,)").orElseThrow().version())
          .isEqualTo("2.0");
      assertThatThrownBy(() -> catalog.findBeside(alpha, kind, "Beta", "3"))
          .hasMessage(
              "Plugin Beta not found that matches the version range [3,3], available versions:"
                  + " [1.0, 2.0]");
    }
  }

  @Test
  @DisplayName("§11.18 a class without manifest is found by its full name, beside or on the path")
  void unlisted() throws Exception {
    source("connector/c", "p", "Alpha", "\"1\"");
    PluginJars.jar(
        dir.resolve("plugins/connector/t.jar"),
        Map.of("t.Beta", transformation("Beta", "1.0")),
        Map.of());
    PluginScan scan =
        PluginScan.of(List.of(dir.resolve("plugins")), getClass().getClassLoader())
            .discovery(PluginDiscovery.SERVICE_LOAD);
    try (PluginCatalog catalog = PluginCatalog.scan(scan)) {
      PluginDescriptor alpha = catalog.connector("p.Alpha");
      PluginDescriptor beta =
          catalog.findBeside(alpha, PluginKind.TRANSFORMATION, "t.Beta").orElseThrow();
      assertThat(beta.location()).isEqualTo(alpha.location());
      assertThat(catalog.newInstance(beta, Transformation.class)).isNotNull();
      assertThat(catalog.find(PluginKind.TRANSFORMATION, "t.Beta")).isEmpty();
    }
    PluginScan ofHost = PluginScan.of(List.of(), host()).discovery(PluginDiscovery.SERVICE_LOAD);
    try (PluginCatalog catalog = PluginCatalog.scan(ofHost)) {
      assertThat(catalog.find(PluginKind.CONVERTER, "h.Host")).isPresent();
      for (String unusable : List.of("h.Throwing", "h.Half", "h.Hidden", "h.Absent")) {
        assertThat(catalog.find(PluginKind.CONVERTER, unusable)).as(unusable).isEmpty();
      }
    }
  }

  /** A host's class path: converters without manifest, some of which cannot be made. */
  private URLClassLoader host() throws Exception {
    String head =
        "package h; public %s class %s extends org.apache.kafka.connect.storage.StringConverter { ";
    Path jar =
        PluginJars.jar(
            dir.resolve("host.jar"),
            Map.of(
                "h.Host",
                head.formatted("", "Host") + "public static class Good extends Host {} }",
                "h.Throwing",
                head.formatted("", "Throwing")
                    + "public Throwing() { throw new IllegalStateException(\"on purpose\"); } }",
                "h.Half",
                head.formatted("abstract", "Half") + "}",
                "h.Hidden",
                head.formatted("", "Hidden") + "private Hidden() {} }"),
            Map.of());
    return new URLClassLoader(new URL[] {jar.toUri().toURL()}, getClass().getClassLoader());
  }

  @Test
  @DisplayName("§11.15 plugins of the class path are the application loader's own classes")
  void classPath() throws Exception {
    try (URLClassLoader host = host();
        PluginCatalog catalog = PluginCatalog.scan(PluginScan.of(List.of(), host))) {
      PluginDescriptor found = catalog.require(PluginKind.CONVERTER, "h.Host$Good");
      assertThat(found.location()).isEqualTo(PluginDescriptor.CLASS_PATH);
      Object made = catalog.newInstance(found, Converter.class);
      assertThat(made.getClass()).isSameAs(host.loadClass("h.Host$Good"));
      assertThat(catalog.descriptors(PluginKind.CONVERTER))
          .extracting(PluginDescriptor::className)
          .filteredOn(name -> name.startsWith("h."))
          .containsExactlyInAnyOrder("h.Host", "h.Host$Good");
      assertThat(catalog.problems()).isNotEmpty().allMatch(p -> p.message().contains("h.Throwing"));
    }
  }

  @Test
  @DisplayName("§11.12 of equal versions the class path's copy is taken, of others the highest")
  void classPathWins() throws Exception {
    Path own = source("own/own", "p", "Alpha", "\"1.0\"");
    PluginJars.jar(
        dir.resolve("host.jar"),
        Map.of("p.Alpha", PluginJars.source("p", "Alpha", "\"1.0\"")),
        Map.of(manifest(PluginKind.SOURCE), "p.Alpha\n"));
    URL host = dir.resolve("host.jar").toUri().toURL();
    try (var parent = new URLClassLoader(new URL[] {host}, getClass().getClassLoader());
        PluginCatalog catalog = PluginCatalog.scan(PluginScan.of(List.of(own), parent))) {
      assertThat(catalog.descriptors(PluginKind.SOURCE))
          .filteredOn(p -> p.className().equals("p.Alpha"))
          .hasSize(2);
      assertThat(catalog.connector("p.Alpha").location()).isEqualTo("classpath");
    }
    Path newer = source("own/newer", "p", "Alpha", "\"1.1\"");
    try (var parent = new URLClassLoader(new URL[] {host}, getClass().getClassLoader());
        PluginCatalog catalog = PluginCatalog.scan(PluginScan.of(List.of(own, newer), parent))) {
      assertThat(catalog.connector("p.Alpha").location()).isEqualTo(newer.toString());
    }
  }

  @Test
  @DisplayName("§11.16 instances are made with the plugin's loader as context loader")
  void contextLoader() throws Exception {
    Path jar =
        source(
            "context",
            "p",
            "Context",
            "String.valueOf(loader == Context.class.getClassLoader()); } final ClassLoader loader ="
                + " Thread.currentThread().getContextClassLoader(); { ");
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    try (PluginCatalog catalog = scan(jar)) {
      PluginDescriptor found = catalog.connector("p.Context");
      assertThat(found.version()).isEqualTo("true");
      assertThat(catalog.newInstance(found, SourceConnector.class).version()).isEqualTo("true");
      assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
    }
  }

  @Test
  @DisplayName("§11.17 a location's JDBC drivers are registered before its first instance is made")
  void drivers() throws Exception {
    String driver =
        """
        package d;
        public class Fake implements java.sql.Driver {
          static { try { java.sql.DriverManager.registerDriver(new Fake()); } catch (java.sql.SQLException e) { throw new RuntimeException(e); } }
          public java.sql.Connection connect(String u, java.util.Properties p) { return null; }
          public boolean acceptsURL(String u) { return u.startsWith("jdbc:fake:"); }
          public java.sql.DriverPropertyInfo[] getPropertyInfo(String u, java.util.Properties p) { return new java.sql.DriverPropertyInfo[0]; }
          public int getMajorVersion() { return 1; }
          public int getMinorVersion() { return 0; }
          public boolean jdbcCompliant() { return false; }
          public java.util.logging.Logger getParentLogger() { return null; }
        }
        """;
    String sees =
        "sees(); } static String sees() { String found; try { found ="
            + " java.sql.DriverManager.getDriver(\"jdbc:fake:x\").getClass().getName(); } catch"
            + " (java.sql.SQLException e) { found = \"nothing\"; } return found";
    Path jar =
        PluginJars.jar(
            dir.resolve("drivers.jar"),
            Map.of("d.Fake", driver, "p.Sees", PluginJars.source("p", "Sees", sees)),
            Map.of(
                manifest(PluginKind.SOURCE),
                "p.Sees\n",
                "META-INF/services/" + Driver.class.getName(),
                "d.Absent\nd.Fake\n"));
    try (PluginCatalog catalog = scan(jar)) {
      SourceConnector sees1 =
          catalog.newInstance(catalog.connector("p.Sees"), SourceConnector.class);
      assertThat(sees1.version()).isEqualTo("d.Fake");
    }
  }

  @Test
  @DisplayName("§11.1 links are followed, circles of them too; archives win over class files")
  void links() throws Exception {
    Path plugins = Files.createDirectories(dir.resolve("plugins"));
    Path real = source("../elsewhere/real", "p", "Alpha", "\"1\"");
    Files.createSymbolicLink(plugins.resolve("linked.jar"), real);
    Path folder = Files.createDirectories(plugins.resolve("folder/lib"));
    Files.createSymbolicLink(folder.resolve("circle"), plugins.resolve("folder"));
    PluginJars.jar(
        dir.resolve("elsewhere/deep/inner.jar"),
        Map.of("p.Inner", PluginJars.source("p", "Inner", "\"1\"")),
        Map.of(manifest(PluginKind.SOURCE), "p.Inner\n"));
    Files.createSymbolicLink(folder.resolve("deep"), dir.resolve("elsewhere/deep"));
    Files.write(folder.resolve("Stray.class"), new byte[] {1, 2, 3});
    try (PluginCatalog catalog = scan(plugins)) {
      assertThat(catalog.connector("p.Alpha").location()).endsWith("linked.jar");
      assertThat(catalog.connector("p.Inner").location()).endsWith("folder");
      assertThat(catalog.problems())
          .filteredOn(p -> !p.location().equals("classpath"))
          .singleElement()
          .matches(p -> p.message().contains("both archives and class files"));
    }
  }

  @Test
  @DisplayName("§12.5 classes of Kafka Connect's runtime beside a plugin are there for it")
  void runtimeBeside() throws Exception {
    PluginJars.jar(
        dir.resolve("plugins/mirror/runtime.jar"),
        Map.of(
            "org.apache.kafka.connect.util.Admin",
            "package org.apache.kafka.connect.util; public class Admin { public static String v() { return \"beside\"; } }"),
        Map.of());
    PluginJars.jar(
        dir.resolve("plugins/mirror/runtime2.jar"),
        Map.of(
            "org.apache.kafka.connect.util.Admin",
            "package org.apache.kafka.connect.util; public class Admin { public static String v() { return \"beside\"; } }",
            "p.Mirror",
            PluginJars.source("p", "Mirror", "org.apache.kafka.connect.util.Admin.v()")),
        Map.of(manifest(PluginKind.SOURCE), "p.Mirror\n"));
    try (PluginCatalog catalog = scan(dir.resolve("plugins"))) {
      assertThat(catalog.connector("p.Mirror").version()).isEqualTo("beside");
    }
  }

  @Test
  @DisplayName("§12.7 a plugin may ask whether a record is one of Kafka Connect's runtime")
  void emptyClass() throws Exception {
    String name = "org.apache.kafka.connect.runtime.InternalSinkRecord";
    Path without = source("without", "p", "Without", "\"1\"");
    Path with =
        PluginJars.jar(
            dir.resolve("plugins/with.jar"),
            Map.of(
                name,
                "package org.apache.kafka.connect.runtime; public class InternalSinkRecord { public void context() {} }",
                "p.With",
                PluginJars.source("p", "With", "\"1\"")),
            Map.of(manifest(PluginKind.SOURCE), "p.With\n"));
    try (PluginCatalog catalog = scan(without, with)) {
      Class<?> empty = catalog.connector("p.Without").loader().loadClass(name);
      assertThat(empty.getName()).isEqualTo(name);
      assertThat(empty.getDeclaredMethods()).isEmpty();
      Class<?> own = catalog.connector("p.With").loader().loadClass(name);
      assertThat(own.getDeclaredMethods()).hasSize(1);
    }
  }
}

package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the word for a connector means when several plugins are installed. */
final class CatalogNamesTest {
  @TempDir private Path home;

  @Test
  void aBuiltInConnectorKeepsItsWordWhenAnotherPluginHasTheSame() throws IOException {
    plugin("dev.millrace.twin");
    plugin("org.example");
    assertThat(run("lint").out()).isEqualTo("No problems.\n");
    assertThat(run("compile").out())
        .contains("\"connector.class\" : \"dev.millrace.twin.TwinSourceConnector\"");
  }

  @Test
  void aWordOfSeveralPluginsIsRefusedWithTheirClasses() throws IOException {
    plugin("com.example");
    plugin("org.example");
    Cli refused = run("lint");
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.out())
        .endsWith(
            ":4:16: \"twin\" fits several source connectors (write the full class:"
                + " com.example.TwinSourceConnector or org.example.TwinSourceConnector)\n");
  }

  private Cli run(String command) throws IOException {
    Path file =
        Files.writeString(
            home.resolve("a.yaml"),
            """
            topology: a
            sources:
              users:
                connector: twin
                topic: users
            """);
    String plugins = home.resolve("plugins").toString();
    return Cli.run(home, Map.of(), command, "--plugin-path", plugins, file.toString());
  }

  private void plugin(String packageName) throws IOException {
    Path folder = Files.createDirectories(home.resolve("plugins").resolve(packageName));
    Path source =
        Files.writeString(
            Files.createDirectories(home.resolve(packageName)).resolve("TwinSourceConnector.java"),
            """
            package %s;
            public class TwinSourceConnector extends org.apache.kafka.connect.source.SourceConnector {
              public String version() { return "1"; }
              public void start(java.util.Map<String, String> config) {}
              public Class<? extends org.apache.kafka.connect.connector.Task> taskClass() { return null; }
              public java.util.List<java.util.Map<String, String>> taskConfigs(int max) { return null; }
              public void stop() {}
              public org.apache.kafka.common.config.ConfigDef config() {
                return new org.apache.kafka.common.config.ConfigDef();
              }
            }
            """
                .formatted(packageName));
    String[] arguments = {
      "-proc:none",
      "-d",
      folder.toString(),
      "-cp",
      System.getProperty("java.class.path"),
      source.toString()
    };
    int code = javax.tools.ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments);
    assertThat(code).isZero();
    Path manifest =
        folder.resolve("META-INF/services/org.apache.kafka.connect.source.SourceConnector");
    Files.createDirectories(manifest.getParent());
    Files.writeString(manifest, packageName + ".TwinSourceConnector\n");
  }
}

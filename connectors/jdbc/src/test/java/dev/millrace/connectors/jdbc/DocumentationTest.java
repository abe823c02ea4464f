package dev.millrace.connectors.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;

/** The reference page's tables are what the settings' definitions say. */
class DocumentationTest {
  private static final Path PAGE = Path.of("../../docs/connectors/jdbc.md");

  @Test
  void theReferencePageHasAllKeys() throws Exception {
    String page = Files.readString(PAGE);
    String expected = with(with(page, "source", SourceKeys.DEF), "sink", SinkKeys.DEF);
    Files.writeString(Path.of("target/jdbc.md"), expected);
    assertThat(page)
        .as("docs/connectors/jdbc.md is stale: copy connectors/jdbc/target/jdbc.md over it")
        .isEqualTo(expected);
  }

  private static String with(String page, String name, ConfigDef def) {
    String begin = "<!-- keys of the " + name + ": begin -->\n";
    String end = "<!-- keys of the " + name + ": end -->";
    int from = page.indexOf(begin) + begin.length();
    return page.substring(0, from) + table(def) + page.substring(page.indexOf(end));
  }

  private static String table(ConfigDef def) {
    List<ConfigDef.ConfigKey> keys =
        def.configKeys().values().stream()
            .sorted(Comparator.comparingInt(key -> key.orderInGroup))
            .toList();
    return "| key | type | default | meaning |\n|---|---|---|---|\n"
        + keys.stream().map(DocumentationTest::line).collect(Collectors.joining());
  }

  private static String line(ConfigDef.ConfigKey key) {
    Object value = ConfigDef.convertToString(key.defaultValue, key.type);
    String shown = value == null || value.toString().isEmpty() ? "" : "`" + value + "`";
    String type =
        key.type == ConfigDef.Type.PASSWORD
            ? "secret"
            : key.type.name().toLowerCase(java.util.Locale.ROOT);
    return "| `"
        + key.name
        + "` | "
        + type
        + " | "
        + (key.type == ConfigDef.Type.PASSWORD ? "" : shown)
        + " | "
        + key.documentation
        + " |\n";
  }
}

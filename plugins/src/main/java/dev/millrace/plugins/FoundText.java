package dev.millrace.plugins;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.CRC32;

/**
 * A scan's result as text: a line for each plugin, equivalent and problem, fields parted by tabs,
 * and a checksum at the end. Pure.
 */
final class FoundText {

  private static final String FORMAT = "millrace plugin index 1";

  private FoundText() {}

  static String write(Found found, String fingerprint) {
    StringBuilder text = new StringBuilder();
    line(text, FORMAT, fingerprint);
    for (Found.Plugin p : found.plugins()) {
      line(
          text,
          "plugin",
          p.kind().name(),
          p.className(),
          p.version(),
          String.valueOf(p.inManifest()));
    }
    new TreeMap<>(found.equivalents()).forEach((from, to) -> line(text, "equivalent", from, to));
    found.problems().forEach(problem -> line(text, "problem", problem));
    return text + "end\t" + checksum(text.toString()) + "\n";
  }

  private static void line(StringBuilder text, String... fields) {
    text.append(String.join("\t", Arrays.stream(fields).map(FoundText::escaped).toList()));
    text.append('\n');
  }

  /** Empty when the text is damaged, of another format, or about a location as it was before. */
  static Optional<Found> read(String text, String fingerprint) {
    int end = text.lastIndexOf("end\t");
    if (end < 0 || !text.substring(end).equals("end\t" + checksum(text.substring(0, end)) + "\n")) {
      return Optional.empty();
    }
    List<String> lines = text.substring(0, end).lines().toList();
    if (!lines.getFirst().equals(FORMAT + "\t" + fingerprint)) {
      return Optional.empty();
    }
    return Optional.of(found(lines.subList(1, lines.size())));
  }

  private static Found found(List<String> lines) {
    List<Found.Plugin> plugins = new ArrayList<>();
    Map<String, String> equivalents = new TreeMap<>();
    List<String> problems = new ArrayList<>();
    for (String line : lines) {
      List<String> fields = Arrays.stream(line.split("\t", -1)).map(FoundText::plain).toList();
      switch (fields.getFirst()) {
        case "plugin" -> plugins.add(plugin(fields));
        case "equivalent" -> equivalents.put(fields.get(1), fields.get(2));
        default -> problems.add(fields.get(1));
      }
    }
    return new Found(plugins, equivalents, problems, true); // others are not written
  }

  private static Found.Plugin plugin(List<String> fields) {
    return new Found.Plugin(
        PluginKind.valueOf(fields.get(1)),
        fields.get(2),
        fields.get(3),
        Boolean.parseBoolean(fields.get(4)));
  }

  private static String escaped(String field) {
    return field.replace("%", "%25").replace("\t", "%09").replace("\n", "%0A").replace("\r", "%0D");
  }

  private static String plain(String field) {
    return field.replace("%0D", "\r").replace("%0A", "\n").replace("%09", "\t").replace("%25", "%");
  }

  private static String checksum(String text) {
    CRC32 crc = new CRC32();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return Long.toHexString(crc.getValue());
  }
}

package dev.millrace.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * A Java properties file, in ISO 8859-1 as Kafka Connect reads it, with the lines of its keys.
 * Immutable.
 *
 * @param values by key; of a key that comes twice the later
 * @param lines of the keys, from 1
 * @param repeated lines whose value a later line of the same key replaces
 */
record PropertyFile(
    Path path,
    Map<String, String> values,
    Map<String, Integer> lines,
    Map<Integer, String> repeated) {

  private static final int LARGEST = 16 << 20;

  /**
   * Reads a file.
   *
   * @throws CommandFailure when that is impossible; names the file, the line and the remedy
   */
  static PropertyFile read(Path path) {
    try (InputStream in = Files.newInputStream(path)) {
      byte[] content = in.readNBytes(LARGEST + 1);
      if (content.length > LARGEST) {
        throw new CommandFailure(
            "%s is larger than %d MB; is it a properties file?".formatted(path, LARGEST >> 20));
      }
      return parse(path, new String(content, StandardCharsets.ISO_8859_1));
    } catch (NoSuchFileException e) {
      throw new CommandFailure("The file %s does not exist.".formatted(path), e);
    } catch (IOException e) {
      throw new CommandFailure("The file %s cannot be read: %s".formatted(path, e), e);
    }
  }

  /** Reads a text that lies in this file. Values are those that Java reads from the whole. */
  static PropertyFile parse(Path path, String text) {
    Properties whole = whole(path, text);
    var values = new LinkedHashMap<String, String>();
    var lines = new HashMap<String, Integer>();
    var repeated = new HashMap<Integer, String>();
    for (Logical line : logicalLines(text)) {
      for (String key : load(line.text()).stringPropertyNames()) {
        if (!whole.containsKey(key)) continue; // a line of nothing but a backslash
        Integer earlier = lines.put(key, line.number());
        if (earlier != null) repeated.put(earlier, key);
        values.put(key, whole.getProperty(key));
      }
    }
    whole.stringPropertyNames().forEach(key -> values.put(key, whole.getProperty(key)));
    return new PropertyFile(path, values, lines, repeated);
  }

  private static Properties whole(Path path, String text) {
    try {
      return load(text);
    } catch (IllegalArgumentException e) {
      throw logicalLines(text).stream()
          .flatMap(line -> fault(path, line).stream())
          .findFirst()
          .orElseGet(() -> unreadable(path.toString(), e));
    }
  }

  private static Optional<CommandFailure> fault(Path path, Logical line) {
    try {
      load(line.text());
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of(unreadable(path + ":" + line.number(), e));
    }
  }

  private static CommandFailure unreadable(String place, IllegalArgumentException e) {
    return new CommandFailure(
        "%s: the line cannot be read: %s Write \\uXXXX with four hexadecimal digits, and \\\\ for a backslash."
            .formatted(place, sentence(e)),
        e);
  }

  private static Properties load(String text) {
    var found = new Properties();
    try {
      found.load(new StringReader(text));
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a text in memory has none
    }
    return found;
  }

  /** A line with those that continue it. */
  private record Logical(int number, String text) {}

  private static List<Logical> logicalLines(String text) {
    var found = new ArrayList<Logical>();
    String[] natural = text.split("\r\n|\r|\n", -1);
    int at = 0;
    while (at < natural.length) {
      int first = at;
      var whole = new StringBuilder(natural[at]);
      if (!isComment(natural[at])) {
        while (continues(natural[at]) && at + 1 < natural.length) {
          whole.append('\n').append(natural[++at]);
        }
      }
      at++;
      found.add(new Logical(first + 1, whole.toString()));
    }
    return found;
  }

  private static boolean isComment(String line) {
    String text = line.replaceFirst("^[ \t\f]+", "");
    return text.startsWith("#") || text.startsWith("!");
  }

  /** An odd number of backslashes at the end. */
  private static boolean continues(String line) {
    int at = line.length();
    while (at > 0 && line.charAt(at - 1) == '\\') at--;
    return (line.length() - at) % 2 == 1;
  }

  private static String sentence(Exception e) {
    String text = String.valueOf(e.getMessage());
    return text.endsWith(".") ? text : text + ".";
  }

  /** {@code file:line}, or the file where the key has no line. */
  String place(String key) {
    return lines.containsKey(key) ? path + ":" + lines.get(key) : path.toString();
  }
}

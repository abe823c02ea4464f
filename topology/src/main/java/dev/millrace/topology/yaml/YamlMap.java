package dev.millrace.topology.yaml;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A map whose keys are scalars.
 *
 * @param entries all entries in the order of the file; a key written twice is there twice
 * @param position where it starts
 */
public record YamlMap(List<Entry> entries, Position position) implements YamlNode {

  /** Copies the entries. */
  public YamlMap {
    entries = List.copyOf(entries);
  }

  /**
   * One entry.
   *
   * @param key the key as written
   * @param value its value
   */
  public record Entry(YamlScalar key, YamlNode value) {

    /** The text of the key. */
    public String name() {
      return key.text();
    }
  }

  /** The entries without later repetitions of a key. */
  public List<Entry> distinct() {
    return List.copyOf(firsts().values());
  }

  /** The entries whose key stood already further up. */
  public List<Entry> repeated() {
    Map<String, Entry> firsts = firsts();
    List<Entry> repeated = new ArrayList<>();
    for (Entry entry : entries) {
      if (!firsts.get(entry.name()).equals(entry)) {
        repeated.add(entry);
      }
    }
    return List.copyOf(repeated);
  }

  /** The first entry with this key. */
  public Optional<Entry> entry(String name) {
    return entries.stream().filter(entry -> entry.name().equals(name)).findFirst();
  }

  private Map<String, Entry> firsts() {
    Map<String, Entry> firsts = new LinkedHashMap<>();
    entries.forEach(entry -> firsts.putIfAbsent(entry.name(), entry));
    return firsts;
  }
}

package dev.millrace.topology.yaml;

import java.util.List;

/**
 * A list.
 *
 * @param items its items in the order of the file
 * @param position where it starts
 */
public record YamlList(List<YamlNode> items, Position position) implements YamlNode {

  /** Copies the items. */
  public YamlList {
    items = List.copyOf(items);
  }
}

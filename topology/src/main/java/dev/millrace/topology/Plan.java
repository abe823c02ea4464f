package dev.millrace.topology;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What has to happen so that the connectors of a topology are those its file says. Names keys,
 * never values, which may be secrets. Immutable.
 *
 * @param added connectors to create, in the order of the file
 * @param changed connectors to reconfigure, in the order of the file
 * @param removed connectors to delete, by name
 * @param unchanged connectors that are as they should be, in the order of the file
 */
public record Plan(
    List<String> added, List<Change> changed, List<String> removed, List<String> unchanged) {

  /** Copies the lists. */
  public Plan {
    added = List.copyOf(added);
    changed = List.copyOf(changed);
    removed = List.copyOf(removed);
    unchanged = List.copyOf(unchanged);
  }

  /**
   * A connector whose configuration differs.
   *
   * @param connector its name
   * @param keys the keys that are new, gone or have another value
   */
  public record Change(String connector, List<String> keys) {

    /** Copies the keys. */
    public Change {
      keys = List.copyOf(keys);
    }
  }

  /**
   * Compares what runs with what should.
   *
   * @param current the connectors of this topology there are, by name
   * @param compiled what {@link Compiler#compile} made of its file
   */
  public static Plan diff(
      Map<String, Map<String, String>> current, Map<String, Map<String, String>> compiled) {
    List<String> added = new ArrayList<>();
    List<Change> changed = new ArrayList<>();
    List<String> unchanged = new ArrayList<>();
    compiled.forEach(
        (name, config) -> {
          if (!current.containsKey(name)) {
            added.add(name);
          } else if (current.get(name).equals(config)) {
            unchanged.add(name);
          } else {
            changed.add(new Change(name, differing(current.get(name), config)));
          }
        });
    SortedSet<String> removed = new TreeSet<>(current.keySet());
    removed.removeAll(compiled.keySet());
    return new Plan(added, changed, List.copyOf(removed), unchanged);
  }

  /** Whether there is nothing to do. */
  public boolean isEmpty() {
    return added.isEmpty() && changed.isEmpty() && removed.isEmpty();
  }

  private static List<String> differing(Map<String, String> left, Map<String, String> right) {
    SortedSet<String> keys = new TreeSet<>(left.keySet());
    keys.addAll(right.keySet());
    keys.removeIf(key -> Objects.equals(left.get(key), right.get(key)));
    return List.copyOf(keys);
  }
}

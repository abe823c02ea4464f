package dev.millrace.topology;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The graph of a topology: who reads whose topics. Immutable. */
public final class Graph {

  /**
   * A topic between two stages.
   *
   * @param writer the stage that writes it; the empty text if it comes from outside the file
   * @param topic the topic
   * @param reader the stage that reads it
   */
  public record Edge(String writer, String topic, String reader) {}

  private final Map<String, Stage> stages = new LinkedHashMap<>();
  private final Map<String, String> writers = new HashMap<>();
  private final List<Edge> edges;

  private Graph(Topology topology) {
    for (Stage stage : topology.stages()) {
      stages.put(stage.name(), stage);
      stage.topics().forEach(topic -> writers.putIfAbsent(topic, stage.name()));
    }
    Set<Edge> found = new LinkedHashSet<>();
    for (Stage stage : topology.stages()) {
      for (Input input : stage.inputs()) {
        for (String topic : topicsOf(input)) {
          found.add(new Edge(writers.getOrDefault(topic, ""), topic, stage.name()));
        }
      }
    }
    edges = List.copyOf(found);
  }

  /** The graph of a topology. */
  public static Graph of(Topology topology) {
    return new Graph(topology);
  }

  /** All edges, in the order of their readers in the file. */
  public List<Edge> edges() {
    return edges;
  }

  /**
   * The topics an input means: those of the stage it names, else itself. A name that is both a
   * stage and a topic means the stage.
   */
  public List<String> topicsOf(Input input) {
    return stageOf(input).map(Stage::topics).orElseGet(() -> List.of(input.name()));
  }

  /** The stage an input names, if it names one. */
  public Optional<Stage> stageOf(Input input) {
    return input.topicOnly() ? Optional.empty() : Optional.ofNullable(stages.get(input.name()));
  }

  /**
   * Cycles, each as the names on it with the first one again at its end. Not all there are, but at
   * least one of each group of stages that feed each other.
   */
  public List<List<String>> cycles() {
    return new CycleSearch(readers()).search(stages.keySet());
  }

  private Map<String, Set<String>> readers() {
    Map<String, Set<String>> readers = new HashMap<>();
    for (Edge edge : edges) {
      readers.computeIfAbsent(edge.writer(), any -> new LinkedHashSet<>()).add(edge.reader());
    }
    return readers;
  }

  /** Depth-first search with its own stack, since a file may hold long chains. */
  private static final class CycleSearch {
    private final Map<String, Set<String>> readers;
    private final Set<String> done = new HashSet<>();
    private final LinkedHashSet<String> onPath = new LinkedHashSet<>();
    private final Deque<Iterator<String>> stack = new ArrayDeque<>();
    private final List<List<String>> cycles = new ArrayList<>();

    CycleSearch(Map<String, Set<String>> readers) {
      this.readers = readers;
    }

    List<List<String>> search(Set<String> names) {
      for (String name : names) {
        enter(name);
        while (!stack.isEmpty()) {
          step();
        }
      }
      return List.copyOf(cycles);
    }

    private void step() {
      Iterator<String> next = stack.element();
      if (next.hasNext()) {
        enter(next.next());
      } else {
        stack.pop();
        onPath.removeLast();
      }
    }

    private void enter(String name) {
      if (onPath.contains(name)) {
        List<String> path = new ArrayList<>(onPath);
        List<String> cycle = new ArrayList<>(path.subList(path.indexOf(name), path.size()));
        cycle.add(name);
        cycles.add(List.copyOf(cycle));
      } else if (done.add(name)) {
        onPath.add(name);
        stack.push(readers.getOrDefault(name, Set.of()).iterator());
      }
    }
  }
}

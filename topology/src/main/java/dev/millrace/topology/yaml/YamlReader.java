package dev.millrace.topology.yaml;

import dev.millrace.topology.yaml.YamlScalar.Style;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.Event.ID;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads YAML text into {@link YamlNode}s. Never throws, whatever the text.
 *
 * <p>The tree is built from snakeyaml-engine's events and not with its composer: depth and aliases
 * are thus bounded while reading, before any memory or stack is spent on them. One reader reads one
 * text, on the caller's thread.
 */
public final class YamlReader {

  /** The longest text read, in characters. */
  public static final int MAX_CHARACTERS = 1024 * 1024;

  /** How deep maps and lists may nest. */
  public static final int MAX_DEPTH = 32;

  private final SourceText source;
  private final Iterator<Event> events;
  private final List<YamlProblem> problems = new ArrayList<>();
  private int lastIndex;

  private YamlReader(String text) {
    source = new SourceText(text);
    LoadSettings settings = LoadSettings.builder().setCodePointLimit(4 * MAX_CHARACTERS).build();
    events = new Parse(settings).parseString(text).iterator();
  }

  /** Reads a text; a byte order mark at its start is skipped. */
  public static YamlFile read(String text) {
    if (text.length() > MAX_CHARACTERS) {
      return failed(
          new YamlProblem(
              Position.START,
              "the file has %,d characters, more than the %,d a topology file may have"
                  .formatted(text.length(), MAX_CHARACTERS),
              "split it into several topologies"));
    }
    return new YamlReader(text.startsWith("\uFEFF") ? text.substring(1) : text).read();
  }

  private static YamlFile failed(YamlProblem problem) {
    return new YamlFile(Optional.empty(), List.of(problem));
  }

  // The engine throws IllegalArgumentException and the like for some escapes that are no
  // characters.
  private YamlFile read() {
    try {
      return new YamlFile(documents(), problems);
    } catch (Unreadable unreadable) {
      problems.add(unreadable.problem);
    } catch (YamlEngineException e) {
      problems.add(SyntaxProblems.of(e, source, lastIndex));
    } catch (RuntimeException e) {
      problems.add(
          new YamlProblem(source.position(lastIndex), "not valid YAML after this place", ""));
    }
    return new YamlFile(Optional.empty(), problems);
  }

  private Optional<YamlNode> documents() throws Unreadable {
    Optional<YamlNode> root = Optional.empty();
    while (events.hasNext()) {
      Event event = next();
      if (event.getEventId() == ID.DocumentStart) {
        if (root.isPresent()) {
          throw unreadable(event, "a second document", "write each topology into its own file");
        }
        root = Optional.of(node(next(), 1));
      }
    }
    return root.filter(node -> !(node instanceof YamlScalar scalar && scalar.isNothing()));
  }

  private Event next() {
    Event event = events.next();
    lastIndex = start(event);
    return event;
  }

  private YamlNode node(Event event, int depth) throws Unreadable {
    checkPlain(event);
    if (event instanceof ScalarEvent scalar) {
      return new YamlScalar(
          scalar.getValue(), style(scalar.getScalarStyle()), source, start(scalar));
    }
    if (depth > MAX_DEPTH) {
      throw unreadable(event, "nested deeper than " + MAX_DEPTH + " levels", "flatten this part");
    }
    return event instanceof MappingStartEvent ? map(event, depth) : list(event, depth);
  }

  private YamlMap map(Event first, int depth) throws Unreadable {
    List<YamlMap.Entry> entries = new ArrayList<>();
    for (Event event = next(); event.getEventId() != ID.MappingEnd; event = next()) {
      YamlNode key = node(event, depth + 1);
      YamlNode value = node(next(), depth + 1);
      if (key instanceof YamlScalar name) {
        entries.add(new YamlMap.Entry(name, value));
      } else {
        report(key.position(), "a map or list as a key", "keys are plain text");
      }
    }
    return new YamlMap(entries, source.position(start(first)));
  }

  private YamlList list(Event first, int depth) throws Unreadable {
    List<YamlNode> items = new ArrayList<>();
    for (Event event = next(); event.getEventId() != ID.SequenceEnd; event = next()) {
      items.add(node(event, depth + 1));
    }
    return new YamlList(items, source.position(start(first)));
  }

  private void checkPlain(Event event) throws Unreadable {
    boolean anchored = event instanceof NodeEvent node && node.getAnchor().isPresent();
    if (event instanceof AliasEvent || anchored) {
      throw unreadable(
          event,
          "anchors (&) and aliases (*) are not read in a topology file",
          "write the value out, in quotes if it starts with & or *; what all stages share goes"
              + " under settings");
    }
    tag(event)
        .ifPresent(
            tag ->
                report(
                    source.position(start(event)),
                    "the tag %s is not read in a topology file"
                        .formatted(tag.replace("tag:yaml.org,2002:", "!!")),
                    "put the value in quotes: every value is passed on as text"));
  }

  private static Optional<String> tag(Event event) {
    if (event instanceof ScalarEvent scalar) {
      return scalar.getTag();
    }
    return event instanceof CollectionStartEvent collection
        ? collection.getTag()
        : Optional.empty();
  }

  private void report(Position position, String message, String hint) {
    problems.add(new YamlProblem(position, message, hint));
  }

  private Unreadable unreadable(Event event, String message, String hint) {
    return new Unreadable(new YamlProblem(source.position(start(event)), message, hint));
  }

  private static int start(Event event) {
    return event.getStartMark().map(Mark::getIndex).orElse(0);
  }

  private static Style style(ScalarStyle style) {
    return switch (style) {
      case PLAIN -> Style.PLAIN;
      case SINGLE_QUOTED -> Style.SINGLE_QUOTED;
      case DOUBLE_QUOTED, JSON_SCALAR_STYLE -> Style.DOUBLE_QUOTED;
      case LITERAL -> Style.LITERAL;
      case FOLDED -> Style.FOLDED;
    };
  }

  /** Reading cannot go on. */
  private static final class Unreadable extends Exception {
    private final transient YamlProblem problem;

    Unreadable(YamlProblem problem) {
      super(problem.message());
      this.problem = problem;
    }
  }
}

package dev.millrace.rest;

import dev.millrace.model.ClusterState;
import dev.millrace.model.TargetState;
import dev.millrace.worker.listing.PluginListing;
import dev.millrace.worker.listing.PluginListingException;
import dev.millrace.worker.logging.LogLevels;
import dev.millrace.worker.offsets.OffsetAdmin;
import dev.millrace.worker.offsets.OffsetException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;
import org.apache.kafka.common.config.ConfigDef;

/** Offsets, plugins and loggers in memory. Thread-safe. */
final class MemoryParts implements OffsetAdmin, PluginListing, LogLevels {

  private static final Set<String> LEVELS = Set.of("TRACE", "DEBUG", "INFO", "WARN", "ERROR");

  private final Supplier<ClusterState> state;
  private final Map<String, List<Position>> positions = new ConcurrentHashMap<>();
  private final SortedMap<String, LogLevel> levels =
      new ConcurrentSkipListMap<>(Map.of(ROOT, new LogLevel("INFO", 0)));

  MemoryParts(Supplier<ClusterState> state) {
    this.state = state;
  }

  @Override
  public List<Position> list(String connector) {
    found(connector);
    return positions.getOrDefault(connector, List.of());
  }

  private TargetState found(String connector) {
    return state
        .get()
        .connector(connector)
        .orElseThrow(
            () ->
                new OffsetException(
                    OffsetException.Kind.NOT_FOUND, "Connector " + connector + " not found", null))
        .target();
  }

  private void mustBeStopped(String connector) {
    if (found(connector) != TargetState.STOPPED) {
      throw new OffsetException(OffsetException.Kind.BAD_REQUEST, "not stopped", null);
    }
  }

  @Override
  public Outcome alter(String connector, List<Position> changes) {
    mustBeStopped(connector);
    var after = new ArrayList<>(positions.getOrDefault(connector, List.of()));
    changes.forEach(c -> after.removeIf(p -> p.partition().equals(c.partition())));
    changes.stream().filter(c -> c.offset() != null).forEach(after::add);
    positions.put(connector, after);
    return Outcome.COMPLETE;
  }

  @Override
  public Outcome reset(String connector) {
    mustBeStopped(connector);
    positions.remove(connector);
    return Outcome.KAFKA_ONLY;
  }

  @Override
  public List<Plugin> list(boolean connectorsOnly) {
    var connectors =
        List.of(new Plugin("Sink", "sink", "1.0"), new Plugin("Source", "source", "undefined"));
    if (connectorsOnly) return connectors;
    var all = new ArrayList<>(connectors);
    all.add(new Plugin("Upper", "transformation", "1.0"));
    return all;
  }

  @Override
  public List<ConfigDef.ConfigKey> settings(String plugin, String version) {
    return switch (plugin) {
      case "Sink" ->
          List.copyOf(
              new ConfigDef()
                  .define(
                      "topics",
                      ConfigDef.Type.LIST,
                      "a",
                      ConfigDef.Importance.HIGH,
                      "Topics to read")
                  .configKeys()
                  .values());
      case "Broken" ->
          throw new PluginListingException(PluginListingException.Kind.FAILED, "it failed", null);
      default ->
          throw new PluginListingException(
              PluginListingException.Kind.NOT_FOUND, "Unknown plugin " + plugin + ".", null);
    };
  }

  @Override
  public SortedMap<String, LogLevel> all() {
    return new TreeMap<>(levels);
  }

  @Override
  public Optional<LogLevel> of(String logger) {
    return Optional.ofNullable(levels.get(logger));
  }

  @Override
  public boolean isLevel(String level) {
    return LEVELS.contains(level.toUpperCase(java.util.Locale.ROOT));
  }

  @Override
  public List<String> set(String logger, String level) {
    levels.put(logger, new LogLevel(level.toUpperCase(java.util.Locale.ROOT), 1));
    return List.of(logger);
  }
}

package dev.millrace.plugins;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How plugins are found: {@code plugin.discovery} of Kafka Connect (compat: semantics §11). */
public enum PluginDiscovery {
  /** Connectors, converters, transformations and predicates by their classes alone. */
  ONLY_SCAN(true, false),
  /** By manifests and classes; a plugin without manifest is named in the log. */
  HYBRID_WARN(true, true),
  /** By manifests and classes; a plugin without manifest ends the start. */
  HYBRID_FAIL(true, true),
  /** By service manifests alone. */
  SERVICE_LOAD(false, true);

  private final boolean classes;
  private final boolean manifests;

  PluginDiscovery(boolean classes, boolean manifests) {
    this.classes = classes;
    this.manifests = manifests;
  }

  /**
   * The mode of a setting, in any case.
   *
   * @throws PluginException naming the modes there are
   */
  public static PluginDiscovery of(String text) {
    return Arrays.stream(values())
        .filter(mode -> mode.toString().equals(text.strip().toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                new PluginException(
                    "There is no plugin.discovery '%s'. It is one of %s."
                        .formatted(
                            text,
                            Arrays.stream(values())
                                .map(PluginDiscovery::toString)
                                .collect(Collectors.joining(", ")))));
  }

  /** Whether class files are looked through. */
  boolean readsClasses() {
    return classes;
  }

  /** Whether manifests count; for the kinds that cannot be scanned for they always do. */
  boolean readsManifests(PluginKind kind) {
    return manifests || !kind.scanned();
  }

  /** What distinguishes the results of a search. */
  String kindOfSearch() {
    return (classes ? "classes" : "") + (manifests ? "+manifests" : "");
  }

  /** The setting's text. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}

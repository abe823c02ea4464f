package dev.millrace.worker.listing;

import dev.millrace.plugins.PluginCatalog;
import dev.millrace.plugins.PluginDescriptor;
import dev.millrace.plugins.PluginException;
import dev.millrace.plugins.PluginKind;
import dev.millrace.worker.listing.PluginListingException.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Connector;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.HeaderConverter;
import org.apache.kafka.connect.transforms.Transformation;
import org.apache.kafka.connect.transforms.predicates.Predicate;
import org.apache.maven.artifact.versioning.InvalidVersionSpecificationException;
import org.apache.maven.artifact.versioning.VersionRange;

/** Listings of a catalog. Thread-safe; plugin code runs on threads of its own. */
public final class CatalogListing implements PluginListing {

  private static final long DEADLINE_SECONDS = 90;

  private static final List<PluginKind> LISTED =
      List.of(
          PluginKind.SINK,
          PluginKind.SOURCE,
          PluginKind.TRANSFORMATION,
          PluginKind.PREDICATE,
          PluginKind.CONVERTER,
          PluginKind.HEADER_CONVERTER);

  private static final List<PluginKind> CONNECTORS = List.of(PluginKind.SINK, PluginKind.SOURCE);

  private final PluginCatalog catalog;
  private final Map<PluginKind, ConfigDef> framework = new EnumMap<>(PluginKind.class);
  private final Map<PluginDescriptor, FutureTask<List<ConfigDef.ConfigKey>>> asked =
      new ConcurrentHashMap<>();

  /** A listing that shows these settings for connectors beside their own. */
  public CatalogListing(PluginCatalog catalog, ConfigDef ofSources, ConfigDef ofSinks) {
    this.catalog = catalog;
    framework.put(PluginKind.SOURCE, ofSources);
    framework.put(PluginKind.SINK, ofSinks);
  }

  @Override
  public List<Plugin> list(boolean connectorsOnly) {
    return (connectorsOnly ? CONNECTORS : LISTED)
        .stream().flatMap(this::ofKind).map(CatalogListing::plugin).distinct().toList();
  }

  private Stream<PluginDescriptor> ofKind(PluginKind kind) {
    return catalog.descriptors(kind).stream()
        .sorted(
            Comparator.comparing(PluginDescriptor::className)
                .thenComparing(PluginDescriptor::version)
                .thenComparing(PluginDescriptor::location));
  }

  private static Plugin plugin(PluginDescriptor found) {
    return new Plugin(found.className(), found.kind().toString(), found.version());
  }

  @Override
  public List<ConfigDef.ConfigKey> settings(String plugin, String version) {
    var found = find(plugin, version);
    var answer = asked.computeIfAbsent(found, this::ask);
    try {
      return answer.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw failed(e.getCause().getMessage(), e.getCause());
    } catch (TimeoutException e) {
      throw failed("The plugin %s did not tell its settings in time".formatted(plugin), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed("Request interrupted", e);
    }
  }

  /** One that hangs has one thread, however many ask: what is under way answers them all. */
  private FutureTask<List<ConfigDef.ConfigKey>> ask(PluginDescriptor found) {
    var task = new FutureTask<>(() -> settings(found));
    var thread =
        Thread.ofPlatform()
            .daemon()
            .name("settings-" + found.className())
            .unstarted(
                () -> {
                  task.run();
                  asked.remove(found);
                });
    thread.setContextClassLoader(found.loader());
    thread.start();
    return task;
  }

  private static PluginListingException failed(String message, Throwable cause) {
    return new PluginListingException(Kind.FAILED, message, cause);
  }

  private PluginDescriptor find(String plugin, String version) {
    for (var kind : LISTED) {
      var newest = catalog.find(kind, plugin);
      if (newest.isPresent()) return inVersion(newest.get(), version);
    }
    for (var kind : PluginKind.values()) {
      if (!LISTED.contains(kind) && catalog.find(kind, plugin).isPresent()) throw notListed(plugin);
    }
    throw new PluginListingException(Kind.NOT_FOUND, "Unknown plugin " + plugin + ".", null);
  }

  private static PluginListingException notListed(String plugin) {
    return new PluginListingException(
        Kind.BAD_REQUEST,
        "Invalid plugin class "
            + plugin
            + ". Valid types are sink, source, converter, header_converter, transformation,"
            + " predicate.",
        null);
  }

  private PluginDescriptor inVersion(PluginDescriptor newest, String version) {
    if (version.isEmpty() || version.equals("latest")) return newest;
    try {
      return catalog.find(newest.kind(), newest.className(), version).orElse(newest);
    } catch (PluginException e) {
      throw new PluginListingException(Kind.BAD_REQUEST, wrongVersion(newest, version), e);
    }
  }

  private String wrongVersion(PluginDescriptor plugin, String version) {
    try {
      var range = VersionRange.createFromVersionSpec(version);
      return "Plugin %s not found that matches the version range %s, available versions: %s"
          .formatted(
              plugin.className(),
              range.getRecommendedVersion() == null ? range : "[%s,%s]".formatted(version, version),
              versions(plugin));
    } catch (InvalidVersionSpecificationException e) {
      return "Invalid version specification: " + version;
    }
  }

  private List<String> versions(PluginDescriptor plugin) {
    return catalog.descriptors(plugin.kind()).stream()
        .filter(other -> other.className().equals(plugin.className()))
        .map(PluginDescriptor::version)
        .distinct()
        .toList();
  }

  private List<ConfigDef.ConfigKey> settings(PluginDescriptor found) {
    var own = own(found);
    var keys = new ArrayList<>(own.configKeys().values());
    Optional.ofNullable(framework.get(found.kind()))
        .ifPresent(
            common ->
                common.configKeys().values().stream()
                    .filter(key -> !own.configKeys().containsKey(key.name))
                    .forEach(keys::add));
    return keys;
  }

  private ConfigDef own(PluginDescriptor found) {
    var made =
        switch (found.kind()) {
          case SOURCE, SINK -> catalog.newInstance(found, Connector.class).config();
          case CONVERTER -> catalog.newInstance(found, Converter.class).config();
          case HEADER_CONVERTER -> catalog.newInstance(found, HeaderConverter.class).config();
          case TRANSFORMATION -> catalog.newInstance(found, Transformation.class).config();
          case PREDICATE -> catalog.newInstance(found, Predicate.class).config();
          case CONFIG_PROVIDER, REST_EXTENSION, OVERRIDE_POLICY ->
              throw new IllegalArgumentException(found.kind() + " is not listed");
        };
    if (made == null) {
      throw new IllegalStateException(
          "The plugin %s gives no definition of its settings".formatted(found.className()));
    }
    return made;
  }
}

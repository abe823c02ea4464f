package dev.millrace.plugins;

import dev.millrace.model.Nearest;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.connect.health.ConnectorType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All plugins of a worker (compat: semantics §11, §12). Immutable and thread-safe after {@link
 * #scan}; closed by the worker that scanned.
 */
public final class PluginCatalog implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(PluginCatalog.class);

  private final List<PluginRealm> realms;
  private final List<PluginProblem> problems;
  private final List<PluginDescriptor> all;
  private final PluginNames names;

  private PluginCatalog(List<PluginRealm> realms, List<PluginProblem> problems) {
    this.realms = List.copyOf(realms);
    this.problems = List.copyOf(problems);
    this.all = realms.stream().flatMap(realm -> realm.plugins().stream()).toList();
    this.names = new PluginNames(realms);
  }

  /**
   * Finds the plugins of a plugin path and of the parent's class path. Broken plugins are reported
   * in {@link #problems()} and in the log, and skipped.
   *
   * @throws PluginException in the mode {@code hybrid_fail}, when plugins lack manifests
   */
  public static PluginCatalog scan(PluginScan scan) {
    long start = System.nanoTime();
    List<PluginProblem> problems = new ArrayList<>();
    DelegatingLoader shared = new DelegatingLoader(scan.parent());
    RealmScanner scanner = new RealmScanner(scan, shared, problems);
    List<PluginRealm> realms = new ArrayList<>();
    for (PluginLocations.Location location : new PluginLocations(problems).of(scan.path())) {
      realms.add(scanner.isolated(location));
    }
    realms.add(scanner.classPath());
    problems.forEach(p -> LOG.warn("{}", p.message()));
    PluginCatalog catalog = new PluginCatalog(realms, problems);
    shared.fill(catalog.names.places());
    catalog.reportMissingManifests(scan.discovery(), scanner.withoutManifest());
    LOG.info(
        "Found {} plugins in {} locations in {} ms",
        catalog.all.size(),
        realms.size(),
        (System.nanoTime() - start) / 1_000_000);
    return catalog;
  }

  private void reportMissingManifests(PluginDiscovery mode, List<String> classes) {
    if (classes.isEmpty()) return;
    String message =
        "These plugins have no service manifest: %s. With plugin.discovery=service_load they would"
                .formatted(String.join(", ", classes))
            + " not be found; add META-INF/services files to them.";
    switch (mode) {
      case HYBRID_WARN -> LOG.warn("{}", message);
      case HYBRID_FAIL -> {
        close();
        throw new PluginException(message + " Or set plugin.discovery=hybrid_warn.");
      }
      case ONLY_SCAN, SERVICE_LOAD -> {} // manifests were not looked at, or nothing else was
    }
  }

  /** All plugins of all kinds and places. */
  public List<PluginDescriptor> descriptors() {
    return all;
  }

  /** All plugins of a kind. */
  public List<PluginDescriptor> descriptors(PluginKind kind) {
    return all.stream().filter(p -> p.kind() == kind).toList();
  }

  /** The plugin locations, the class path last. */
  public List<PluginRealm> realms() {
    return realms;
  }

  /** What the scan could not use. */
  public List<PluginProblem> problems() {
    return problems;
  }

  /**
   * The plugin of a full class name or alias: the highest version, and where no such class is
   * installed the one that is its equivalent. A class that no scan found, but that the class path
   * has, is found too, unless it is a connector.
   */
  public Optional<PluginDescriptor> find(PluginKind kind, String nameOrAlias) {
    return find(kind, nameOrAlias, "");
  }

  /**
   * As {@link #find(PluginKind, String)}, of the highest version that meets a requirement.
   *
   * @param requirement a version or a Maven range of versions
   * @throws PluginException when the plugin exists but in no such version, or the requirement is
   *     malformed
   */
  public Optional<PluginDescriptor> find(PluginKind kind, String nameOrAlias, String requirement) {
    Versions.Requirement wanted = Versions.requirement(requirement);
    List<PluginDescriptor> candidates = candidates(kind, nameOrAlias, classPath());
    Optional<PluginDescriptor> found = best(candidates, wanted);
    if (found.isEmpty() && !candidates.isEmpty()) {
      throw new PluginException(
          "Plugin %s not found that matches the version range %s, available versions: %s"
              .formatted(nameOrAlias, wanted.range(), versions(candidates.get(0).className())));
    }
    return found;
  }

  /** As {@link #find(PluginKind, String)}, preferring the copy that lies beside a connector. */
  public Optional<PluginDescriptor> findBeside(
      PluginDescriptor connector, PluginKind kind, String nameOrAlias) {
    return findBeside(connector, kind, nameOrAlias, "");
  }

  /**
   * As {@link #find(PluginKind, String, String)}, preferring the copy that lies beside a connector
   * if that meets the requirement.
   *
   * @throws PluginException when the plugin exists but in no such version, or the requirement is
   *     malformed
   */
  public Optional<PluginDescriptor> findBeside(
      PluginDescriptor connector, PluginKind kind, String nameOrAlias, String requirement) {
    Versions.Requirement wanted = Versions.requirement(requirement);
    List<PluginDescriptor> beside =
        candidates(kind, nameOrAlias, realm(connector)).stream()
            .filter(p -> p.location().equals(connector.location()))
            .toList();
    return best(beside, wanted).or(() -> find(kind, nameOrAlias, requirement));
  }

  /** The versions of a class in all its places and kinds, the lowest first; some may be equal. */
  public List<String> versions(String className) {
    return all.stream()
        .filter(p -> p.className().equals(className))
        .sorted(Versions.PREFERENCE)
        .map(PluginDescriptor::version)
        .toList();
  }

  /** What is wrong with the text of a requirement on versions; empty when it is well-formed. */
  public Optional<String> malformed(String requirement) {
    return Versions.malformed(requirement);
  }

  private static Optional<PluginDescriptor> best(
      Collection<PluginDescriptor> candidates, Versions.Requirement wanted) {
    return candidates.stream().filter(wanted.met()).max(Versions.PREFERENCE);
  }

  private PluginRealm classPath() {
    return realms.getLast();
  }

  private PluginRealm realm(PluginDescriptor plugin) {
    return realms.stream()
        .filter(realm -> realm.location().equals(plugin.location()))
        .findFirst()
        .orElseGet(this::classPath);
  }

  /** What the scan found under the name, else a class of that name that the realm's loader has. */
  private List<PluginDescriptor> candidates(PluginKind kind, String name, PluginRealm realm) {
    List<PluginDescriptor> found = names.find(kind, name);
    return found.isEmpty() ? unlisted(kind, name, realm).stream().toList() : found;
  }

  private Optional<PluginDescriptor> unlisted(PluginKind kind, String name, PluginRealm realm) {
    if (kind == PluginKind.SOURCE || kind == PluginKind.SINK || !name.contains(".")) {
      return Optional.empty();
    }
    try {
      Class<?> type = PluginClass.load(name, realm.loader());
      if (PluginClass.fault(kind, type).isPresent()) return Optional.empty();
      PluginRealm home = type.getClassLoader() == realm.loader() ? realm : classPath();
      String version = PluginClass.version(type, realm.loader());
      return Optional.of(new PluginDescriptor(kind, name, version, home.location(), home.loader()));
    } catch (Throwable t) { // foreign code: to the caller it is a plugin that is not there
      PluginClass.rethrowIfFatal(t);
      LOG.debug("The class '{}' cannot be used as a {}", name, kind, t);
      return Optional.empty();
    }
  }

  /**
   * As {@link #find(PluginKind, String)}.
   *
   * @throws PluginException naming the known plugins and the nearest match when there is none
   */
  public PluginDescriptor require(PluginKind kind, String nameOrAlias) {
    return find(kind, nameOrAlias)
        .orElseThrow(() -> unknown(kind.toString(), nameOrAlias, descriptors(kind)));
  }

  /**
   * The connector of a name as topologies write it: class, alias, or a word such as {@code jdbc}
   * for JdbcSourceConnector among the sources.
   *
   * @throws PluginException when there is none, or the name fits several classes
   */
  public PluginDescriptor connector(ConnectorType type, String name) {
    PluginKind kind = type == ConnectorType.SOURCE ? PluginKind.SOURCE : PluginKind.SINK;
    if (type == ConnectorType.UNKNOWN) {
      return connector(name);
    }
    return find(kind, name)
        .or(() -> loose(name, descriptors(kind)))
        .orElseThrow(() -> unknown(kind + " connector", name, descriptors(kind)));
  }

  /**
   * The classes among which {@link #connector(ConnectorType, String)} looks for one, in order; more
   * than one when the name fits several.
   *
   * @param type source or sink
   */
  public List<String> fitting(ConnectorType type, String name) {
    PluginKind kind = type == ConnectorType.SOURCE ? PluginKind.SOURCE : PluginKind.SINK;
    return find(kind, name)
        .map(found -> List.of(found.className()))
        .orElseGet(() -> byClass(name, descriptors(kind)).keySet().stream().sorted().toList());
  }

  /**
   * The source or sink connector of a {@code connector.class}.
   *
   * @throws PluginException when there is none, or the name fits several classes
   */
  public PluginDescriptor connector(String nameOrAlias) {
    List<PluginDescriptor> connectors =
        Stream.concat(
                descriptors(PluginKind.SOURCE).stream(), descriptors(PluginKind.SINK).stream())
            .toList();
    return find(PluginKind.SOURCE, nameOrAlias)
        .or(() -> find(PluginKind.SINK, nameOrAlias))
        .or(() -> loose(nameOrAlias, connectors))
        .orElseThrow(() -> unknown("connector", nameOrAlias, connectors));
  }

  private static Optional<PluginDescriptor> loose(
      String name, Collection<PluginDescriptor> connectors) {
    Map<String, List<PluginDescriptor>> byClass = byClass(name, connectors);
    if (byClass.size() > 1) {
      throw new PluginException(
          "More than one connector matches alias %s. Write the full class name, one of %s."
              .formatted(name, byClass.keySet().stream().sorted().toList()));
    }
    return byClass.values().stream().findFirst().flatMap(c -> best(c, Versions.requirement("")));
  }

  private static Map<String, List<PluginDescriptor>> byClass(
      String name, Collection<PluginDescriptor> connectors) {
    return connectors.stream()
        .filter(p -> Aliases.looselyNamed(p, name))
        .collect(Collectors.groupingBy(PluginDescriptor::className));
  }

  /** Class names and aliases, in order. */
  private static Set<String> names(Collection<PluginDescriptor> known) {
    return known.stream()
        .flatMap(p -> Stream.concat(Stream.of(p.className()), Aliases.of(p).stream()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private PluginException unknown(String what, String name, Collection<PluginDescriptor> known) {
    String hint =
        Nearest.match(name, names(known)).map(n -> " Did you mean '" + n + "'?").orElse("");
    String names =
        known.isEmpty()
            ? "none is installed"
            : known.stream()
                .map(p -> Aliases.shortest(p) + " (" + p.className() + ")")
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
    String skipped = problems.isEmpty() ? "" : " Some plugins were skipped: see the log's start.";
    return new PluginException(
        "No %s is called '%s'.%s Known: %s.%s".formatted(what, name, hint, names, skipped));
  }

  /**
   * A new instance, made with the plugin's loader as context loader.
   *
   * @throws PluginException when the class cannot be loaded, initialised or constructed
   */
  public <T> T newInstance(PluginDescriptor plugin, Class<T> type) {
    return newInstance(plugin.className(), plugin.loader(), type);
  }

  /**
   * A new instance of a class that belongs to a plugin without being one, such as a task.
   *
   * @throws PluginException when the class cannot be loaded, initialised or constructed
   */
  public <T> T newInstance(String className, ClassLoader loader, Class<T> type) {
    if (loader instanceof PluginClassLoader own) own.loadDrivers();
    try {
      return ContextLoader.call(
          loader,
          () ->
              PluginClass.load(className, loader).asSubclass(type).getConstructor().newInstance());
    } catch (InvocationTargetException e) {
      throw broken(className, e.getCause());
    } catch (ReflectiveOperationException | ClassCastException | LinkageError e) {
      throw broken(className, e);
    }
  }

  private static PluginException broken(String className, Throwable cause) {
    return new PluginException(
        "The plugin class '%s' cannot be instantiated: %s".formatted(className, cause), cause);
  }

  /** Closes the class loaders; classes that are not loaded yet can then no longer be. */
  @Override
  public void close() {
    for (PluginRealm realm : realms) {
      if (realm.loader() instanceof PluginClassLoader loader) {
        close(realm, loader);
      }
    }
  }

  private static void close(PluginRealm realm, URLClassLoader loader) {
    try {
      loader.close();
    } catch (IOException e) {
      LOG.warn("The class loader of '{}' did not close: {}", realm.location(), e.toString());
    }
  }
}

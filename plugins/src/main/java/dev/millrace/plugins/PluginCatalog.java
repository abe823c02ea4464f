package dev.millrace.plugins;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.connect.health.ConnectorType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All plugins of a worker, found by service manifests (compat: semantics §11, §12). Immutable and
 * thread-safe after {@link #scan}; closed by the worker that scanned.
 */
public final class PluginCatalog implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(PluginCatalog.class);

  private final List<PluginRealm> realms;
  private final List<PluginProblem> problems;
  private final List<PluginDescriptor> all;
  private final Aliases aliases;
  private final Map<String, String> equivalents = new HashMap<>();

  private PluginCatalog(List<PluginRealm> realms, List<PluginProblem> problems) {
    this.realms = List.copyOf(realms);
    this.problems = List.copyOf(problems);
    this.all = realms.stream().flatMap(realm -> realm.plugins().stream()).toList();
    this.aliases = new Aliases(all);
    realms.forEach(realm -> realm.equivalents().forEach(equivalents::putIfAbsent));
  }

  /**
   * Finds the plugins of a plugin path and of the parent's class path. Broken plugins are reported
   * in {@link #problems()} and in the log, and skipped.
   *
   * @param parent the worker's class loader
   */
  public static PluginCatalog scan(List<Path> pluginPath, ClassLoader parent) {
    long start = System.nanoTime();
    List<PluginProblem> problems = new ArrayList<>();
    RealmScanner scanner = new RealmScanner(problems);
    List<PluginRealm> realms = new ArrayList<>();
    for (PluginLocations.Location location : new PluginLocations(problems).of(pluginPath)) {
      realms.add(scanner.isolated(location, parent));
    }
    realms.add(scanner.classPath(parent));
    problems.forEach(p -> LOG.warn("{}", p.message()));
    PluginCatalog catalog = new PluginCatalog(realms, problems);
    LOG.info(
        "Found {} plugins in {} locations in {} ms",
        catalog.all.size(),
        realms.size(),
        (System.nanoTime() - start) / 1_000_000);
    return catalog;
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
   * installed the one that is its equivalent.
   */
  public Optional<PluginDescriptor> find(PluginKind kind, String nameOrAlias) {
    return best(candidates(kind, nameOrAlias), p -> true);
  }

  /**
   * As {@link #find(PluginKind, String)}, of the highest version that meets a requirement.
   *
   * @param requirement a version or a Maven range of versions
   * @throws PluginException when the plugin exists but in no such version, or the requirement is
   *     malformed
   */
  public Optional<PluginDescriptor> find(PluginKind kind, String nameOrAlias, String requirement) {
    Predicate<PluginDescriptor> matches = Versions.matching(requirement);
    List<PluginDescriptor> candidates = candidates(kind, nameOrAlias);
    Optional<PluginDescriptor> found = best(candidates, matches);
    if (found.isEmpty() && !candidates.isEmpty()) {
      throw new PluginException(
          "Plugin %s not found that matches the version range %s, available versions: %s"
              .formatted(
                  nameOrAlias,
                  requirement,
                  candidates.stream().map(PluginDescriptor::version).distinct().toList()));
    }
    return found;
  }

  /** As {@link #find(PluginKind, String)}, preferring the copy that lies beside a connector. */
  public Optional<PluginDescriptor> findBeside(
      PluginDescriptor connector, PluginKind kind, String nameOrAlias) {
    List<PluginDescriptor> candidates = candidates(kind, nameOrAlias);
    return candidates.stream()
        .filter(p -> p.location().equals(connector.location()))
        .max(Versions.PREFERENCE)
        .or(() -> best(candidates, p -> true));
  }

  /**
   * As {@link #find(PluginKind, String, String)}, preferring the copy that lies beside a connector
   * if it meets the requirement.
   */
  public Optional<PluginDescriptor> findBeside(
      PluginDescriptor connector, PluginKind kind, String nameOrAlias, String requirement) {
    Predicate<PluginDescriptor> matches = Versions.matching(requirement);
    return candidates(kind, nameOrAlias).stream()
        .filter(p -> p.location().equals(connector.location()))
        .filter(matches)
        .max(Versions.PREFERENCE)
        .or(() -> find(kind, nameOrAlias, requirement));
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
    Map<String, List<PluginDescriptor>> byClass =
        connectors.stream()
            .filter(p -> Aliases.looselyNamed(p, name))
            .collect(Collectors.groupingBy(PluginDescriptor::className));
    if (byClass.size() > 1) {
      throw new PluginException(
          "More than one connector matches alias %s. Write the full class name, one of %s."
              .formatted(name, byClass.keySet().stream().sorted().toList()));
    }
    return byClass.values().stream().findFirst().flatMap(c -> best(c, p -> true));
  }

  private List<PluginDescriptor> candidates(PluginKind kind, String name) {
    List<PluginDescriptor> exact = ofClass(kind, name);
    if (exact.isEmpty()) {
      exact = aliases.className(name).map(c -> ofClass(kind, c)).orElse(List.of());
    }
    if (exact.isEmpty() && equivalents.containsKey(name)) {
      exact = ofClass(kind, equivalents.get(name));
    }
    return exact;
  }

  private List<PluginDescriptor> ofClass(PluginKind kind, String className) {
    return all.stream().filter(p -> p.kind() == kind && p.className().equals(className)).toList();
  }

  private static Optional<PluginDescriptor> best(
      List<PluginDescriptor> candidates, Predicate<PluginDescriptor> matches) {
    return candidates.stream().filter(matches).max(Versions.PREFERENCE);
  }

  private PluginException unknown(String what, String name, Collection<PluginDescriptor> known) {
    String hint = Nearest.of(name, known).map(n -> " Did you mean '" + n + "'?").orElse("");
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
    try {
      return ContextLoader.call(
          loader,
          () ->
              Class.forName(className, true, loader)
                  .asSubclass(type)
                  .getConstructor()
                  .newInstance());
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

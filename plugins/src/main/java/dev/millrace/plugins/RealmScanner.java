package dev.millrace.plugins;

import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.ZipFile;

/**
 * Finds the plugins of one location after the other, by manifests and class files; what the index
 * knows is not looked at again. Used by one scan.
 */
final class RealmScanner {

  private final PluginScan scan;
  private final ClassLoader parent;
  private final VersionAsker versions;
  private final ListedArchives listed;
  private final List<Path> classPath;

  /** The state of the worker's own classes: what links against them depends on it. */
  private final Optional<String> worker;

  private final List<PluginProblem> problems;
  private final List<String> withoutManifest = new ArrayList<>();

  /**
   * For one scan.
   *
   * @param parent of the locations' loaders
   * @param problems gets what is skipped
   */
  RealmScanner(PluginScan scan, ClassLoader parent, List<PluginProblem> problems) {
    this.scan = scan;
    this.parent = parent;
    this.versions = new VersionAsker(scan.patience());
    this.listed = ListedArchives.of(scan.parent());
    this.classPath = ClassPath.of(scan.parent(), listed);
    this.worker = Fingerprint.of(classPath, List.of());
    this.problems = problems;
  }

  /** The plugins of a location with a loader of its own. */
  PluginRealm isolated(PluginLocations.Location location) {
    String name = location.path().toString();
    PluginClassLoader loader = new PluginClassLoader(name, location.urls(), parent);
    Found found = known(name, location.roots(), () -> scan(location, loader));
    return add(name, loader, found);
  }

  /** The plugins the worker's own class path offers. */
  PluginRealm classPath() {
    String name = PluginDescriptor.CLASS_PATH;
    Found found =
        classPath.isEmpty() ? scanClassPath() : known(name, List.of(), this::scanClassPath);
    return add(name, scan.parent(), found);
  }

  /** Names of plugin classes that no manifest mentions, with their places. */
  List<String> withoutManifest() {
    return withoutManifest;
  }

  private PluginRealm add(String location, ClassLoader loader, Found found) {
    found.problems().forEach(message -> problems.add(new PluginProblem(location, message)));
    found.withoutManifest().forEach(name -> withoutManifest.add(name + " (" + location + ")"));
    return found.realm(location, loader);
  }

  private interface Search {
    Found run();
  }

  /** From the index if nothing changed. */
  private Found known(String location, List<Path> roots, Search search) {
    Optional<String> fingerprint =
        worker.flatMap(
            mark -> Fingerprint.of(roots, List.of(mark, scan.discovery().kindOfSearch())));
    if (fingerprint.isEmpty()) return search.run(); // something changes while we look
    String key = location + " " + scan.discovery().kindOfSearch();
    Optional<Found> before = scan.index().find(key, fingerprint.get());
    if (before.isPresent()) return before.get();
    Found found = search.run();
    if (found.lasting()) scan.index().store(key, fingerprint.get(), found);
    return found;
  }

  private Found scan(PluginLocations.Location location, PluginClassLoader loader) {
    String name = location.path().toString();
    Finding finding = new Finding(name, loader, true, versions);
    location.roots().forEach(root -> checkArchive(root, finding));
    Manifests manifests =
        new Manifests(path -> Collections.list(loader.findResources(path)), finding::problem);
    ListedArchives known = ListedArchives.in(location.path());
    return search(finding, manifests, unlisted(location.roots(), known));
  }

  private Found scanClassPath() {
    ClassLoader loader = scan.parent();
    Finding finding = new Finding(PluginDescriptor.CLASS_PATH, loader, false, versions);
    Manifests manifests =
        new Manifests(path -> Collections.list(loader.getResources(path)), finding::problem);
    return search(finding, manifests, unlisted(classPath, listed));
  }

  /** What manifests may leave out; when they do not count, everything. */
  private List<Path> unlisted(List<Path> roots, ListedArchives known) {
    return scan.discovery() == PluginDiscovery.ONLY_SCAN
        ? roots
        : roots.stream().filter(root -> !known.has(root)).toList();
  }

  private Found search(Finding finding, Manifests manifests, List<Path> roots) {
    ClassFiles files = new ClassFiles();
    if (scan.discovery().readsClasses()) {
      roots.forEach(files::add);
    }
    Ancestry ancestry = new Ancestry(files.headers(), scan.parent());
    for (PluginKind kind : PluginKind.values()) {
      Set<String> named = scan.discovery().readsManifests(kind) ? manifests.names(kind) : Set.of();
      named.forEach(className -> finding.named(kind, className));
      ancestry.concrete(kind).stream()
          .filter(className -> !named.contains(className))
          .forEach(className -> finding.scanned(kind, className));
    }
    Map<String, String> equivalents = new TreeMap<>(manifests.equivalents());
    return finding.result(equivalents);
  }

  /** A class loader skips a broken archive silently; a person wants to know. */
  private static void checkArchive(Path file, Finding finding) {
    if (Files.isDirectory(file)) return;
    try (ZipFile archive = new ZipFile(file.toFile())) {
      archive.size();
    } catch (IOException e) {
      finding.problem(
          "The archive '%s' is broken and is skipped: %s. Replace it by a good copy."
              .formatted(file, e.getMessage()));
    }
  }

  /** Where a location's resources are. */
  interface Resources {
    List<URL> find(String path) throws IOException;
  }
}

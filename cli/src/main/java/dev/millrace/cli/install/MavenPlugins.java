package dev.millrace.cli.install;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.eclipse.aether.DefaultRepositorySystemSession;
import org.eclipse.aether.RepositoryException;
import org.eclipse.aether.RepositorySystem;
import org.eclipse.aether.artifact.Artifact;
import org.eclipse.aether.artifact.DefaultArtifact;
import org.eclipse.aether.collection.CollectRequest;
import org.eclipse.aether.graph.Dependency;
import org.eclipse.aether.graph.DependencyNode;
import org.eclipse.aether.repository.RemoteRepository;
import org.eclipse.aether.resolution.ArtifactRequest;
import org.eclipse.aether.resolution.ArtifactResolutionException;
import org.eclipse.aether.resolution.DependencyRequest;
import org.eclipse.aether.supplier.RepositorySystemSupplier;
import org.eclipse.aether.util.artifact.JavaScopes;
import org.eclipse.aether.util.filter.DependencyFilterUtils;
import org.eclipse.aether.util.graph.visitor.FilteringDependencyVisitor;
import org.eclipse.aether.util.graph.visitor.PreorderNodeListGenerator;

/**
 * Plugins in Maven repositories: an archive of its own, or a jar and all it depends on. Used by one
 * thread; closed by who made it.
 */
public final class MavenPlugins implements AutoCloseable {
  private static final List<String> ARCHIVES = List.of("zip", "tar.gz");

  private final RepositorySystem system;
  private final DefaultRepositorySystemSession session;
  private final List<RemoteRepository> repositories;

  /**
   * With a user's Maven.
   *
   * @param more URLs of repositories to ask before the configured ones
   * @param offline take what the local repository has
   * @param say gets a line for each download
   */
  public MavenPlugins(MavenHome home, List<String> more, boolean offline, Consumer<String> say) {
    this.system = new RepositorySystemSupplier().get();
    this.session = MavenSession.of(system, home, offline, new Downloads(say));
    List<RemoteRepository> all = new ArrayList<>();
    for (String url : more) {
      all.add(MavenHome.repository("repository-" + (all.size() + 1), url));
    }
    all.addAll(home.repositories());
    this.repositories = system.newResolutionRepositories(session, all);
  }

  /**
   * The jar and its run-time dependencies, from the local repository or downloaded.
   *
   * @throws InstallException naming what cannot be had
   */
  public List<Path> jars(Coordinates plugin) {
    try {
      var filter = DependencyFilterUtils.classpathFilter(JavaScopes.RUNTIME);
      var request = new DependencyRequest(closure(plugin), filter);
      return system.resolveDependencies(session, request).getArtifactResults().stream()
          .map(result -> result.getArtifact().getFile().toPath())
          .toList();
    } catch (RepositoryException e) {
      throw unavailable(plugin, e);
    }
  }

  /**
   * What {@link #jars} would give, by names: only descriptions are downloaded.
   *
   * @throws InstallException naming what cannot be had
   */
  public List<String> names(Coordinates plugin) {
    try {
      DependencyNode root = system.collectDependencies(session, closure(plugin)).getRoot();
      var list = new PreorderNodeListGenerator();
      root.accept(
          new FilteringDependencyVisitor(
              list, DependencyFilterUtils.classpathFilter(JavaScopes.RUNTIME)));
      return list.getDependencies(true).stream().map(d -> d.getArtifact().toString()).toList();
    } catch (RepositoryException e) {
      throw unavailable(plugin, e);
    }
  }

  private CollectRequest closure(Coordinates plugin) {
    var root = new Dependency(artifact(plugin, "", "jar"), JavaScopes.RUNTIME);
    return new CollectRequest(root, repositories);
  }

  /**
   * The archive published under a classifier, a zip or else a tar.gz.
   *
   * @throws InstallException when there is neither
   */
  public Path archive(Coordinates plugin, String classifier) {
    ArtifactResolutionException last = null;
    for (String extension : ARCHIVES) {
      try {
        var request =
            new ArtifactRequest(artifact(plugin, classifier, extension), repositories, null);
        return system.resolveArtifact(session, request).getArtifact().getFile().toPath();
      } catch (ArtifactResolutionException e) {
        last = e;
        if (!missing(e)) throw unavailable(plugin, e);
      }
    }
    throw unavailable(plugin, last);
  }

  private static boolean missing(ArtifactResolutionException e) {
    return e.getResults().stream().allMatch(result -> result.isMissing());
  }

  private static Artifact artifact(Coordinates plugin, String classifier, String extension) {
    return new DefaultArtifact(
        plugin.group(), plugin.artifact(), classifier, extension, plugin.version());
  }

  private static InstallException unavailable(Coordinates plugin, RepositoryException e) {
    String cause = Optional.ofNullable(e.getCause()).map(Throwable::getMessage).orElse("");
    String detail = cause.isEmpty() || e.getMessage().contains(cause) ? "" : " (" + cause + ")";
    return new InstallException(
        "%s cannot be had: %s%s. Nothing was installed.".formatted(plugin, e.getMessage(), detail),
        e);
  }

  @Override
  public void close() {
    system.shutdown();
  }
}

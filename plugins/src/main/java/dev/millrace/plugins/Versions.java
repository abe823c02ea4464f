package dev.millrace.plugins;

import java.util.Comparator;
import java.util.function.Predicate;
import org.apache.maven.artifact.versioning.ArtifactVersion;
import org.apache.maven.artifact.versioning.DefaultArtifactVersion;
import org.apache.maven.artifact.versioning.InvalidVersionSpecificationException;
import org.apache.maven.artifact.versioning.VersionRange;

/** The order of plugin versions and requirements on them, by Maven's rules (compat: §11). Pure. */
final class Versions {

  /** The last one is the one to take: highest version, then the class path's copy. */
  static final Comparator<PluginDescriptor> PREFERENCE =
      Comparator.comparing(PluginDescriptor::version, Versions::compare)
          .thenComparing(p -> !p.isolated())
          .thenComparing(PluginDescriptor::location);

  private Versions() {}

  private static int compare(String left, String right) {
    boolean leftKnown = known(left);
    if (leftKnown != known(right)) {
      return leftKnown ? 1 : -1;
    }
    return leftKnown
        ? new DefaultArtifactVersion(left).compareTo(new DefaultArtifactVersion(right))
        : left.compareTo(right);
  }

  private static boolean known(String version) {
    return !version.equals(PluginDescriptor.UNDEFINED) && !version.equals("null");
  }

  /**
   * A test for one version or a range such as {@code [1.0,2.0)}; a bare version means exactly that,
   * {@code latest} and blank text mean any.
   *
   * @throws PluginException when the text is neither
   */
  static Predicate<PluginDescriptor> matching(String requirement) {
    String wanted = requirement.strip();
    if (wanted.isEmpty() || wanted.equals("latest")) return p -> true;
    VersionRange range;
    try {
      range = VersionRange.createFromVersionSpec(wanted);
    } catch (InvalidVersionSpecificationException e) {
      throw new PluginException(
          "'%s' is neither a version nor a range of versions such as [1.0,2.0): %s"
              .formatted(requirement, e.getMessage()),
          e);
    }
    ArtifactVersion exact = range.getRecommendedVersion();
    return p -> {
      ArtifactVersion version = new DefaultArtifactVersion(p.version());
      return known(p.version())
          && (exact != null ? exact.compareTo(version) == 0 : range.containsVersion(version));
    };
  }
}

package dev.millrace.plugins;

import java.util.Comparator;
import java.util.Optional;
import java.util.function.Predicate;
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

  private static final String LATEST = "latest";

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
   * {@code latest} means any. Blank text is met by no version, as in Kafka Connect.
   *
   * @throws PluginException when the text is neither
   */
  static Predicate<PluginDescriptor> matching(String requirement) {
    if (requirement.strip().equals(LATEST)) return p -> true;
    if (requirement.isBlank()) return p -> false;
    VersionRange range = range(requirement);
    return p ->
        known(p.version()) && range.containsVersion(new DefaultArtifactVersion(p.version()));
  }

  /** The range a requirement stands for: {@code [1.0,1.0]} for the bare version 1.0. */
  static String normal(String requirement) {
    String wanted = requirement.strip();
    boolean bare = !wanted.startsWith("[") && !wanted.startsWith("(");
    return bare ? "[" + wanted + "," + wanted + "]" : wanted;
  }

  private static VersionRange range(String requirement) {
    try {
      return VersionRange.createFromVersionSpec(normal(requirement));
    } catch (InvalidVersionSpecificationException e) {
      throw new PluginException(e.getMessage(), e);
    }
  }

  /** What is wrong with the text of a requirement; empty when it is well-formed. */
  static Optional<String> malformed(String requirement) {
    try {
      var unused = matching(requirement);
      return Optional.empty();
    } catch (PluginException e) {
      return Optional.of(e.getMessage());
    }
  }
}

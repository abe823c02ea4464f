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
   * What a requirement allows: one version or a range such as {@code [1.0,2.0)}; a bare version
   * means exactly that, {@code latest} and blank text mean any.
   *
   * @throws PluginException when the text is neither
   */
  static Requirement requirement(String text) {
    String wanted = text.strip();
    if (wanted.isEmpty() || wanted.equals("latest")) return new Requirement("", p -> true);
    try {
      VersionRange given = VersionRange.createFromVersionSpec(wanted);
      VersionRange range =
          given.hasRestrictions() ? given : VersionRange.createFromVersionSpec("[" + wanted + "]");
      return new Requirement(
          range.toString(),
          p ->
              known(p.version()) && range.containsVersion(new DefaultArtifactVersion(p.version())));
    } catch (InvalidVersionSpecificationException e) {
      throw new PluginException(
          "'%s' is neither a version nor a range of versions such as [1.0,2.0): %s"
              .formatted(text, e.getMessage()),
          e);
    }
  }

  /** What Maven finds wrong with the text of a requirement; empty when it is well-formed. */
  static Optional<String> malformed(String text) {
    try {
      var unused = requirement(text);
      return Optional.empty();
    } catch (PluginException e) {
      return Optional.of(e.getCause().getMessage());
    }
  }

  /**
   * A requirement on a plugin's version.
   *
   * @param range as a range, empty when any version will do
   */
  record Requirement(String range, Predicate<PluginDescriptor> met) {}
}

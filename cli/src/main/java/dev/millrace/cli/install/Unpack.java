package dev.millrace.cli.install;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.ArchiveEntry;
import org.apache.commons.compress.archivers.ArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveInputStream;

/** Unpacks archives; nothing lands outside of the folder, and links are left out. */
final class Unpack {
  private Unpack() {}

  /** A zip or tar.gz, by its name. */
  static void into(Path archive, Path folder) throws IOException {
    try (InputStream file = new BufferedInputStream(Files.newInputStream(archive));
        ArchiveInputStream<? extends ArchiveEntry> in = open(archive, file)) {
      for (ArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        Path target = folder.resolve(entry.getName()).normalize();
        if (!target.startsWith(folder)) {
          throw new IOException("the entry '%s' points outside".formatted(entry.getName()));
        }
        if (entry.isDirectory()) {
          Files.createDirectories(target);
        } else if (in.canReadEntryData(entry)) {
          Files.createDirectories(target.getParent());
          Files.copy(in, target);
        }
      }
    }
  }

  private static ArchiveInputStream<? extends ArchiveEntry> open(Path archive, InputStream file)
      throws IOException {
    return archive.toString().endsWith(".zip")
        ? new ZipArchiveInputStream(file)
        : new TarArchiveInputStream(new GZIPInputStream(file));
  }
}

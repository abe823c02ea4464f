package dev.millrace.plugins;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Archives whose plugins all have service manifests, and which name no other archives: whoever put
 * them together has looked, and says so, so that a start need not look through their classes. The
 * class path says it in the resource {@value #RESOURCE}, a plugin's folder in the file {@value
 * #FILE}. Immutable.
 *
 * @param names of files
 */
record ListedArchives(Set<String> names) {

  private static final Logger LOG = LoggerFactory.getLogger(ListedArchives.class);

  /** Paths, parted by colons; only the names of the files count. */
  static final String FILE = "listed-archives.txt";

  /** The same for a class path. */
  static final String RESOURCE = "META-INF/millrace/" + FILE;

  /** Those that a class path tells of; what cannot be read tells nothing. */
  static ListedArchives of(ClassLoader loader) {
    Set<String> names = new HashSet<>();
    try {
      for (URL url : Collections.list(loader.getResources(RESOURCE))) {
        try (InputStream in = Manifests.open(url)) {
          add(new String(in.readAllBytes(), StandardCharsets.UTF_8), names);
        }
      }
    } catch (IOException e) {
      LOG.debug("'{}' cannot be read, so all classes are looked through", RESOURCE, e);
    }
    return new ListedArchives(Set.copyOf(names));
  }

  /** Those that a location tells of. */
  static ListedArchives in(Path location) {
    Path file = location.resolve(FILE);
    Set<String> names = new HashSet<>();
    if (Files.isRegularFile(file)) {
      try {
        add(Files.readString(file), names);
      } catch (IOException e) {
        LOG.debug("'{}' cannot be read, so all classes are looked through", file, e);
      }
    }
    return new ListedArchives(Set.copyOf(names));
  }

  private static void add(String paths, Set<String> names) {
    for (String path : paths.strip().split(":", -1)) {
      names.add(path.substring(path.lastIndexOf('/') + 1));
    }
  }

  boolean has(Path file) {
    return names.contains(String.valueOf(file.getFileName()));
  }
}

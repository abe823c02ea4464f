package dev.millrace.plugins;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Archives of the class path whose plugins all have service manifests, and which name no other
 * archives: whoever put a class path together has looked, and says so in the resource {@value
 * #RESOURCE}, so that a start need not look through their classes. Immutable.
 *
 * @param names of files
 */
record ListedArchives(Set<String> names) {

  private static final Logger LOG = LoggerFactory.getLogger(ListedArchives.class);

  /** Paths, parted by colons; only the names of the files count. */
  static final String RESOURCE = "META-INF/millrace/listed-archives.txt";

  /** Those that a class path tells of; what cannot be read tells nothing. */
  static ListedArchives of(ClassLoader loader) {
    Set<String> names = new HashSet<>();
    try {
      for (URL url : Collections.list(loader.getResources(RESOURCE))) {
        try (InputStream in = Manifests.open(url)) {
          String text = new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
          for (String path : text.split(":", -1)) {
            names.add(path.substring(path.lastIndexOf('/') + 1));
          }
        }
      }
    } catch (IOException e) {
      LOG.debug("'{}' cannot be read, so all classes are looked through", RESOURCE, e);
    }
    return new ListedArchives(Set.copyOf(names));
  }

  boolean has(Path file) {
    return names.contains(String.valueOf(file.getFileName()));
  }
}

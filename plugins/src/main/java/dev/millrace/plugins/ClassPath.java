package dev.millrace.plugins;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;

/** The archives and folders a worker's class loader reads from, in order. Used by one scan. */
final class ClassPath {

  private final ListedArchives listed;
  private final Set<Path> found = new LinkedHashSet<>();

  private ClassPath(ListedArchives listed) {
    this.listed = listed;
  }

  /**
   * Also what archives name in their {@code Class-Path}; empty for loaders that do not tell.
   *
   * @param listed archives that name no others
   */
  static List<Path> of(ClassLoader loader, ListedArchives listed) {
    var result = new ClassPath(listed);
    for (ClassLoader each = loader; each != null; each = each.getParent()) {
      if (each instanceof URLClassLoader urls) {
        Arrays.stream(urls.getURLs()).forEach(result::add);
      } else if (each == ClassLoader.getSystemClassLoader()) {
        result.addAll(System.getProperty("java.class.path", ""));
      }
    }
    return List.copyOf(result.found);
  }

  private void addAll(String classPath) {
    for (String element : classPath.split(File.pathSeparator, -1)) {
      if (!element.isEmpty()) add(Path.of(element).toAbsolutePath().normalize());
    }
  }

  private void add(URL url) {
    try {
      if (url.getProtocol().equals("file")) add(Path.of(url.toURI()));
    } catch (URISyntaxException | IllegalArgumentException e) {
      // not a file; what is in it is found by its manifests
    }
  }

  private void add(Path file) {
    if (!Files.exists(file) || !found.add(file)) return;
    if (listed.has(file) || Files.isDirectory(file)) return;
    for (Path named : namedBy(file)) {
      add(named);
    }
  }

  private static List<Path> namedBy(Path archive) {
    List<Path> result = new ArrayList<>();
    try (JarFile jar = new JarFile(archive.toFile())) {
      Manifest manifest = jar.getManifest();
      String value =
          manifest == null
              ? null
              : manifest.getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
      if (value != null) {
        for (String element : value.strip().split("\\s+", -1)) {
          URI uri = archive.toUri().resolve(element);
          if ("file".equals(uri.getScheme())) result.add(Path.of(uri).normalize());
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      // no archive, or one that names nonsense: then it names nothing
    }
    return result;
  }
}

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
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;

/** The archives and folders a worker's class loader reads from, in order. Pure but for files. */
final class ClassPath {

  private ClassPath() {}

  /** Also what archives name in their {@code Class-Path}; empty for loaders that do not tell. */
  static List<Path> of(ClassLoader loader) {
    Set<Path> result = new LinkedHashSet<>();
    for (ClassLoader each = loader; each != null; each = each.getParent()) {
      if (each instanceof URLClassLoader urls) {
        Arrays.stream(urls.getURLs()).forEach(url -> add(url, result));
      } else if (each == ClassLoader.getSystemClassLoader()) {
        addAll(System.getProperty("java.class.path", ""), result);
      }
    }
    return List.copyOf(result);
  }

  private static void addAll(String classPath, Collection<Path> result) {
    for (String element : classPath.split(File.pathSeparator, -1)) {
      if (!element.isEmpty()) add(Path.of(element).toAbsolutePath().normalize(), result);
    }
  }

  private static void add(URL url, Collection<Path> result) {
    try {
      if (url.getProtocol().equals("file")) add(Path.of(url.toURI()), result);
    } catch (URISyntaxException | IllegalArgumentException e) {
      // not a file; what is in it is found by its manifests
    }
  }

  private static void add(Path file, Collection<Path> result) {
    if (!Files.exists(file) || !result.add(file) || Files.isDirectory(file)) return;
    for (Path named : namedBy(file)) {
      add(named, result);
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

package dev.millrace.plugins;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The classes in archives and class trees, by their headers: nothing is loaded. A file that cannot
 * be read is left out; whoever loads from it will tell. Used by one scan.
 */
final class ClassFiles {

  private final Map<String, ClassHeader> headers = new HashMap<>();
  private final ClassHeaderReader reader = new ClassHeaderReader();

  /** Adds an archive or a folder of classes; the first file of a class counts. */
  void add(Path root) {
    try {
      if (Files.isDirectory(root)) {
        addTree(root);
      } else {
        addArchive(root);
      }
    } catch (IOException e) {
      // reported where archives are checked
    }
  }

  private void addArchive(Path archive) throws IOException {
    try (ZipFile zip = new ZipFile(archive.toFile())) {
      for (Enumeration<? extends ZipEntry> all = zip.entries(); all.hasMoreElements(); ) {
        ZipEntry entry = all.nextElement();
        if (isClass(entry.getName())) {
          try (InputStream in = zip.getInputStream(entry)) {
            addClass(in);
          }
        }
      }
    }
  }

  private void addTree(Path root) throws IOException {
    Files.walkFileTree(
        root,
        EnumSet.of(FileVisitOption.FOLLOW_LINKS),
        Integer.MAX_VALUE,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (isClass(root.relativize(file).toString())) {
              try (InputStream in = Files.newInputStream(file)) {
                addClass(in);
              }
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** Without other versions' variants under META-INF, and without descriptions of modules. */
  private static boolean isClass(String name) {
    return name.endsWith(".class")
        && !name.startsWith("META-INF")
        && !name.endsWith("module-info.class")
        && !name.endsWith("package-info.class");
  }

  private void addClass(InputStream in) {
    try {
      ClassHeader header = reader.read(in);
      headers.putIfAbsent(header.name(), header);
    } catch (IOException e) {
      // a damaged class is none that anybody can use
    }
  }

  /** Of each class its header, by internal name. */
  Map<String, ClassHeader> headers() {
    return headers;
  }
}

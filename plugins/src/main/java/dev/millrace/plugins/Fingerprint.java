package dev.millrace.plugins;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.common.utils.AppInfoParser;

/**
 * Tells whether a location is as it was: names, sizes and times of its files, and all else that a
 * scan's result depends on. Pure but for reading the file system.
 */
final class Fingerprint {

  private Fingerprint() {}

  /**
   * Of archives and class trees; empty when one cannot be looked at.
   *
   * @param context what else matters, such as the mode
   */
  static Optional<String> of(List<Path> roots, List<String> context) {
    MessageDigest digest = sha256();
    add(digest, "Kafka " + AppInfoParser.getVersion() + ", Java " + Runtime.version().feature());
    context.forEach(text -> add(digest, text));
    try {
      for (Path root : roots) {
        addRoot(digest, root);
      }
    } catch (IOException e) {
      return Optional.empty();
    }
    return Optional.of(HexFormat.of().formatHex(digest.digest()));
  }

  /** A name for a file that belongs to a text. */
  static String name(String text) {
    MessageDigest digest = sha256();
    add(digest, text);
    return HexFormat.of().formatHex(digest.digest()).substring(0, 32);
  }

  private static void addRoot(MessageDigest digest, Path root) throws IOException {
    if (!Files.isDirectory(root)) {
      addFile(digest, root);
      return;
    }
    try (Stream<Path> files = Files.walk(root, java.nio.file.FileVisitOption.FOLLOW_LINKS)) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile).sorted()::iterator) {
        addFile(digest, file);
      }
    } catch (java.io.UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static void addFile(MessageDigest digest, Path file) throws IOException {
    if (!Files.exists(file)) {
      add(digest, file + " is absent");
      return;
    }
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    add(digest, file + " " + attributes.size() + " " + attributes.lastModifiedTime());
  }

  private static void add(MessageDigest digest, String text) {
    digest.update(text.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) '\n');
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}

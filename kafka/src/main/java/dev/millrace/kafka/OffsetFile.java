package dev.millrace.kafka;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InvalidClassException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Kafka Connect's file of source offsets: one serialized {@code HashMap<byte[], byte[]>} (compat:
 * internal topics §9). It is replaced as a whole, so that it is the old or the new one whatever
 * happens, and nothing but such a map is ever read. Stateless but for the path; one writer at a
 * time.
 *
 * @param path the file
 */
record OffsetFile(Path path) {

  private static final long LARGEST = 512L << 20;
  private static final String TEMPORARY = ".new";

  /**
   * What the file holds; nothing when it is missing or empty.
   *
   * @throws OffsetFileException when it holds something else, or cannot be read
   */
  Map<ByteBuffer, byte[]> read() {
    try {
      if (!Files.exists(path) || Files.size(path) == 0) return new LinkedHashMap<>();
      if (Files.size(path) > LARGEST) throw broken("it is larger than " + LARGEST + " bytes", null);
      return decode(Files.readAllBytes(path));
    } catch (IOException | RuntimeException e) {
      if (e instanceof OffsetFileException own) throw own;
      throw broken(e.getMessage() == null ? e.toString() : e.getMessage(), e);
    }
  }

  private Map<ByteBuffer, byte[]> decode(byte[] content) throws IOException {
    try (var in = new ObjectInputStream(new ByteArrayInputStream(content))) {
      in.setObjectInputFilter(info -> allow(info, content.length));
      if (!(in.readObject() instanceof HashMap<?, ?> map)) {
        throw broken("it holds no map of offsets", null);
      }
      var entries = new LinkedHashMap<ByteBuffer, byte[]>();
      map.forEach((key, value) -> put(entries, key, value));
      return entries;
    } catch (ClassNotFoundException e) {
      throw new InvalidClassException(e.getMessage());
    }
  }

  /** A value may be null, which means no offset. */
  private void put(Map<ByteBuffer, byte[]> entries, Object key, Object value) {
    if (!(key instanceof byte[] k)) throw broken("a key is not an array of bytes", null);
    if (value == null) return;
    if (!(value instanceof byte[] v)) throw broken("a value is not an array of bytes", null);
    entries.put(ByteBuffer.wrap(k), v);
  }

  /** A map and arrays of bytes, none larger than the file can hold. */
  private static ObjectInputFilter.Status allow(ObjectInputFilter.FilterInfo info, int size) {
    Class<?> type = info.serialClass();
    if (info.depth() > 2) return ObjectInputFilter.Status.REJECTED;
    if (info.arrayLength() > Math.max(size, 64) * 2L) return ObjectInputFilter.Status.REJECTED;
    boolean known =
        type == null
            || type == HashMap.class
            || type == java.util.AbstractMap.class
            || type == byte[].class
            || type == Map.Entry[].class;
    return known ? ObjectInputFilter.Status.ALLOWED : ObjectInputFilter.Status.REJECTED;
  }

  /**
   * Replaces the content; it is on the disk when this returns.
   *
   * @throws OffsetFileException when that is impossible; the file is then as it was
   */
  void write(Map<ByteBuffer, byte[]> entries) {
    try {
      Path target = Files.exists(path) ? path.toRealPath() : path.toAbsolutePath();
      Path fresh = target.resolveSibling(target.getFileName() + TEMPORARY);
      try {
        store(encode(entries), fresh);
        keepPermissions(target, fresh);
        Files.move(
            fresh, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } catch (IOException e) {
        Files.deleteIfExists(fresh);
        throw e;
      }
      syncFolder(target.getParent());
    } catch (IOException e) {
      throw new OffsetFileException(
          ("The offset file %s could not be written: %s. It is as it was, and is written again with"
                  + " the next commit; see that its folder can be written and the disk has room.")
              .formatted(path, e),
          e);
    }
  }

  @SuppressWarnings("ArrayAsKeyOfSetOrMap") // the form of the file; nothing is looked up
  private static byte[] encode(Map<ByteBuffer, byte[]> entries) throws IOException {
    var map = new HashMap<byte[], byte[]>();
    entries.forEach((key, value) -> map.put(bytes(key), value));
    var bytes = new ByteArrayOutputStream();
    try (var out = new ObjectOutputStream(bytes)) {
      out.writeObject(map);
    }
    return bytes.toByteArray();
  }

  /** The bytes of a key. */
  static byte[] bytes(ByteBuffer key) {
    var bytes = new byte[key.remaining()];
    key.duplicate().get(bytes);
    return bytes;
  }

  private static void store(byte[] content, Path file) throws IOException {
    try (var channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      var left = ByteBuffer.wrap(content);
      while (left.hasRemaining()) channel.write(left);
      channel.force(true);
    }
  }

  private static void keepPermissions(Path from, Path to) throws IOException {
    if (!Files.exists(from, LinkOption.NOFOLLOW_LINKS)) return;
    if (!Files.getFileStore(from).supportsFileAttributeView("posix")) return;
    Files.setPosixFilePermissions(to, Files.getPosixFilePermissions(from));
  }

  /** So that the new name, too, outlives a crash of the machine; not every system can. */
  private static void syncFolder(Path folder) {
    try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      return; // the content is safe; the file may be the older one after a crash of the machine
    }
  }

  private OffsetFileException broken(String why, Exception cause) {
    return new OffsetFileException(
        ("The offset file %s cannot be read: %s. It is a file of Kafka Connect's standalone mode;"
                + " name another one in offset.storage.file.filename, or move this one away to"
                + " begin without offsets.")
            .formatted(path, why),
        cause);
  }
}
